"""The commands of `run_lambda.py`.

Contents::

    arguments     command line; its options are in _options.py
    response      command for channel days: one, or as many as the archive has
    windows       command for time windows
    batch         send many requests: progress, results file, interruption, summary
    dry_run       print the requests and their estimated cost, send nothing
    output_file   write replies to a file
"""
