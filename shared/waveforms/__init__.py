"""Waveforms of the archive's day objects, read whole or by records.

day_reader: `DayReader`, time spans of one day object, from the records that they need.
day_readers: `DayReaders`, several day objects read in parallel.
read_day: `read_day`, the samples of a whole day object.
day_waveform: `DayWaveform`, the samples read, their warnings and the reasons for missing ones.
stored_records: `StoredRecords`, records as the archive stores them, cut to the sample.
byte_ranges: `ByteRange`, a part of an object that has the records of a span.
continuous: chooses records by the length of their continuous segment, and drops copies.
spans: time spans that are read together.
segments: sorting, joining, cutting and dividing a day's segments.
traces: traces made quickly, of headers that are right already.
gaps: the missing samples between segments.
reasons: why samples are missing.
records: `scan`, the headers of all records of a content, and payloads for miniSEED 3.
day_headers: the continuous spans of a day object, from the headers of its records.
data_spans: `DataSpan`, a continuous span, and how spans are joined.
timing_quality: percentages and clock locks, carried from records read to records written.
_record_source: the bytes of a day object, all from one version of it.
_record_reader: finds, fetches and decodes the records of a span.
_record_search: guesses where the records of a span are.
_record_index: the known records of a day object, and their times.
_read_records: the bytes and headers of records that have been read.
_record_cache: the record times that a warm container remembers.
_record_header: parses the header of one record.
_record_scan: the headers of all records of a content.
_record_layout: headers of one layout, read all at once.
_record_table: the headers of many records, as arrays.
_record_times: segments whose times follow those of their records.
_record_check: checks headers before anything is decoded by them.
_record_neighbours: compares records with their neighbours.
_record_runs: decodes records into the segments that ObsPy's reader would return.
_runs: the runs of decoded records, and those near a time span.
_samples, _steim, _payload: decode payloads, none of whose claims is trusted.
_object_reader: facts about an object that its reader knows.
_payload_bytes: payloads as miniSEED 3 stores them.
_cut_record, _steim_encoder: cut a record at a time, and encode the samples that are left.
_decode_day: decodes a day object; its damage and other oddities.
_refusals: errors for objects that have no samples to deliver.
_day_records: the decoded records of a day object, and the segments that they make.
_damage: describes records that cannot be read.
_joining: joins segments that continue or repeat one another.
_segment_time: refuses more segments than the time allows.
"""
