"""Windows of one channel, and reading them from the archive."""

from obspy import UTCDateTime

from shared.archive.channel_id import ChannelId
from shared.archive.scedc import SCEDC
from shared.windows import WindowResult, read_windows
from shared.windows.request import Window

NSCL = "CI.BOM.BHZ."
DAY = "2024,001"
RATE = 40.0


def window(start: str, end: str, nscl: str = NSCL) -> Window:
    """Return a window between two times."""
    return Window(ChannelId.parse(nscl), UTCDateTime(start), UTCDateTime(end))


def read_one(start: str, end: str) -> WindowResult:
    """Read a window of CI.BOM.BHZ as counts."""
    (result,) = read_windows([window(start, end)], SCEDC)
    return result
