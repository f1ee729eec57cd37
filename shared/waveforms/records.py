"""The headers of all records of a miniSEED content, for programs that sort or convert records."""

from shared.waveforms._payload_bytes import payload_as_version_3
from shared.waveforms._record_header import YEARS
from shared.waveforms._record_scan import scan
from shared.waveforms._record_table import RecordTable

__all__ = ["YEARS", "RecordTable", "payload_as_version_3", "scan"]
