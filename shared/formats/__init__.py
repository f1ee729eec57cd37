"""File formats of waveforms. A format is one module and one row of `FORMATS`.

The module has a function `write(traces, failed)`: it takes contiguous traces, in order, and the
windows without samples as JSON, and returns the bytes of one file. It is imported at first use,
so the names of the formats are known without loading ObsPy.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from shared.reply import File

if TYPE_CHECKING:
    from obspy import Trace


@dataclass(frozen=True)
class Format:
    """A file format of waveforms.

    Attributes:
        module: the module that writes it.
        media_type: the file's media type.
        suffix: the end of the file's name, without the dot.
    """

    module: str
    media_type: str
    suffix: str

    def write(self, traces: "Sequence[Trace]", failed: Sequence[Mapping[str, Any]]) -> File:
        """Write traces as one file.

        Args:
            traces: contiguous and unmasked; int32, float32 or float64.
            failed: the windows without samples, as JSON; formats without room for them ignore it.
        """
        content: bytes = import_module(self.module).write(traces, failed)
        return File(content, self.media_type, self.suffix)


FORMATS = {
    "mseed": Format("shared.formats.miniseed", "application/vnd.fdsn.mseed", "mseed"),
    "sac": Format("shared.formats.sac", "application/zip", "zip"),
}
"""The formats by the names that requests use."""
