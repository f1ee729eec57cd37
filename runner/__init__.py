"""The rooms of `run_lambda.py`: which requests, where they go, and what became of them.

A room imports only from those below its own, and of `shared` only what needs neither ObsPy nor
NumPy: a machine that only sends requests needs nothing but boto3 and tqdm::

    response           the command for channel days: one, or as many as the archive has
    windows            the command for time windows
    arguments          the command line
    dry_run            what would be sent, and what it would cost
    costs              what jobs cost, as measured and at list prices
    prices             AWS's list prices
    many               many requests: progress, results file, interruption, summary
    plot               time windows as a picture
    downloads          answers that come as a link
    resume             which requests need not be made again
    summary            what became of a run, in a few lines
    results            the results file: one line of JSON for each request
    progress           how far a run is, on a terminal
    jobs               the same with many things, so many at a time, until someone interrupts
    interruption       Ctrl-C: what is under way is awaited, nothing new begins
    queueing           requests as messages of a queue
    calls              one invocation of a function
    retries            what is worth another try, and when
    outcome            what became of a request
    where              sessions and clients of AWS's services
    selection          days, channels and files as requests
    listing            which channels the archive has on a day
    request_files      requests from files: lines, JSON, FDSN availability
    wanted             what is asked for in one place: days, channels, parameters
    channel_patterns   channels with wildcards, and where their names begin
    day_ranges         days, and ranges of them
    threads            threads that are not awaited
    counting           numbers of things, as one says them
    failures           the errors of this program
"""
