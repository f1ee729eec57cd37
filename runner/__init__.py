"""The program `run_lambda.py`: send requests to the functions, and record the results.

Contents::

    commands    the commands and their command line
    selection   which requests: days, channels, wildcards, files
    sending     send them: Lambda, SQS, retries, worker threads
    results     results file, resuming a run, summary, plot
    costs       estimated cost of a run
    terminal    progress bar, standard input and error
    errors      errors of the program

Of `shared`, it imports only modules without ObsPy and NumPy: a machine that only sends requests
needs nothing but boto3 and tqdm.
"""
