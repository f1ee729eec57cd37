"""Requests for a corrected day of CI.BOM.BHZ."""

from typing import Any

from shared.corrected_days import CorrectedDayRequest, write_corrected_day

NSCL = "CI.BOM.BHZ."
REQUEST = {"day": "2024,001", "nscl": NSCL}
KEY = "2024/2024_001/CIBOM__BHZ___2024001.ms"
"""The end of the keys of the day and of its corrected day."""


def write(**changes: Any) -> dict[str, Any]:
    """Correct the day with changed parameters; return the reply."""
    return write_corrected_day(CorrectedDayRequest.parse({**REQUEST, **changes}))
