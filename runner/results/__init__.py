"""Record and report the results of a run.

Contents::

    results_file   results.jsonl: one line of JSON per request
    layout         where fetched results go
    resume         which requests an earlier run has done
    summary        counts of results, in a few lines
    warning_kinds  warnings of many replies, counted by kind
    reply_notes    warnings and gaps of replies, in a few lines
    window_replies replies of time windows, read and joined
    plot           time windows as a picture
    panels         its panels: samples, scales, gaps
    day_plot       a day as a picture; loads ObsPy
"""
