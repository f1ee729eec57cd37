"""Holdings of the archive: which channels have data on which days, without reading any data.

holding: `Holding`, a channel's day; `ChannelSpan`, a time span of one channel.
patterns: `CodePatterns` and `TimedPatterns`, the channels of a request.
day_holdings: the holdings of a day, from the archive's index or from a listing.
resolve: the channels and time spans that a request selects.
waveform_index: the index of a day's waveforms, a table in CSV.
"""
