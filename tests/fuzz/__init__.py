"""Fuzzers of both functions: damaged records, StationXML and events, in forked children.

Run `python -m tests.fuzz --help`, or `make fuzz`.

memory_s3: an S3 in this process's memory, without sockets and threads.
children: functions called in forked children, with limits of memory and time.
known_day: a channel's day whose every sample is known.
ask: the questions that a case asks, by all front doors.
judge: the oracle; an answer against the undamaged day.
damages: damages of records by name, for tests and for the fuzzer of records.
bugs: exceptions that a guard of last resort logs.
edits, event_wrappers: changes of sound objects and events.
records, stationxml, events: the fuzzers.
campaign: many cases of a fuzzer, and the smallest case of each fault.
found: cases that had a fault.
"""
