"""Select requests: which channels, which days.

Contents::

    resolve_wildcards   selectors as requests, wildcards resolved, duplicates dropped
    selector            days, channels and parameters from one source
    day_ranges          days and ranges of days
    request_files       selectors from files
    time_windows        time windows of channels, wildcards resolved
    window_files        time windows from files
    lines               lines of files
    listing             channels that the archive has on a day
"""
