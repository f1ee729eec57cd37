"""File formats of waveforms; a format is one module and one row of `FORMATS`.

    miniseed       miniSEED 2
    sac            SAC files in a zip archive
    contiguous     cuts masked traces into parts that every format can store
    _sample_count  checks that a file has every sample

A format's module has a function `write(traces, failed)`, which returns the bytes of one file. It is
imported at first use, so that the registry itself loads neither ObsPy nor NumPy.

JSON is not in the registry. It is not a file of samples but the reply itself, which has room for
windows that failed; a request in any format gets it if no window has samples.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from shared.reply import File

if TYPE_CHECKING:
    from obspy import Trace

__all__ = ["FORMATS", "JSON", "Format", "format_names"]


@dataclass(frozen=True)
class Format:
    """A file format of waveforms.

    Attributes:
        module: the full name of the module that writes it.
        media_type: the file's media type.
        suffix: the file name's extension, without the dot.
    """

    module: str
    media_type: str
    suffix: str

    def write(self, traces: "Sequence[Trace]", failed: Sequence[Mapping[str, Any]]) -> File:
        """Write traces as one file.

        Args:
            traces: contiguous and unmasked; int32, float32 or float64.
            failed: the windows without samples, as JSON; a format without room for them ignores
                them.
        """
        content: bytes = import_module(self.module).write(traces, failed)
        return File(content, self.media_type, self.suffix)


FORMATS = {
    "mseed": Format("shared.formats.miniseed", "application/vnd.fdsn.mseed", "mseed"),
    "sac": Format("shared.formats.sac", "application/zip", "zip"),
}
"""The file formats, by the names that requests use."""

JSON = "json"
"""The name of the default, which is not a file format."""


def format_names() -> tuple[str, ...]:
    """Return the names that a request's format may have; the first is the default."""
    return (JSON, *FORMATS)
