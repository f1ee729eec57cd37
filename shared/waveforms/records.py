"""The headers of all records of a miniSEED content, for programs that sort records."""

from shared.waveforms._record_scan import scan
from shared.waveforms._record_table import RecordTable

__all__ = ["RecordTable", "scan"]
