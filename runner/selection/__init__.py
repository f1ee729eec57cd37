"""Select requests: which channels, which days.

Contents::

    resolve_wildcards   selectors as requests, wildcards resolved, duplicates dropped
    selector            days, channels and parameters from one source
    day_ranges          days and ranges of days
    request_files       selectors from files
    listing             channels that the archive has on a day
"""
