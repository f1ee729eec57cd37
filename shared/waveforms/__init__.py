"""Waveforms of the archive's day objects, read whole or by records.

day_reader: `DayReader`, time spans of one day object, from the records that they need.
day_readers: `DayReaders`, several day objects read in parallel.
read_day: `read_day`, the samples of a whole day object, or of some of its records.
segments: sorting, joining, cutting and dividing a day's segments.
gaps: the missing samples between segments.
reasons: why samples are missing.
_record_source: the bytes of a day object, all from one version of it.
_record_reader: finds, fetches and decodes the records of a span.
_record_search: guesses where the records of a span are.
_record_index: the known records of a day object, and their times.
_record_header: parses the header of a miniSEED record.
_record_cache: the record times that a warm container remembers.
"""
