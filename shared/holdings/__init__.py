"""Holdings of the archive: which channels have data on which days, without reading any data.

holding: `Holding`, a channel's day; `ChannelSpan`, a time span of one channel.
patterns: `CodePatterns` and `TimedPatterns`, the channels of a request.
day_holdings: the holdings of a day, from the archive's index or from a listing.
archive_days: all days of the archive, for requests with an open start or end.
resolve: the channels, time spans and days that a request selects.
bounds: the limits of times, days and patterns of one request.
day_spans: the exact data spans of channel days, from record headers or learned before.
waveform_index: the index of a day's waveforms, a table in CSV.
"""
