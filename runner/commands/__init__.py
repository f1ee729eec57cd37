"""The commands of `run_lambda.py`.

Contents::

    arguments     command line; its options are in _options.py and its neighbours
    conflicts     options that contradict each other
    response      command for channel days: one, or as many as the archive has
    windows       command for time windows
    window_request  the request of that command
    station_index  command that makes the station index
    fetch         command that fetches results
    selected      channel days that a command line selects
    batch         send many requests: progress, results file, interruption, summary
    fetching      fetch many results: progress, failures by name, summary
    in_hand       one result: fetched, drawn, and the line that opens it
    wrong_function  remedy for a wrong name of a function
    pace          concurrency of a run, its interruption and its end
    dry_run       print the requests and their estimated cost, send nothing
    output_file   write replies to a file
"""
