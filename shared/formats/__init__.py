"""File formats of waveforms; a format is one module and one row of `FORMATS`.

    miniseed       miniSEED 2
    miniseed3      miniSEED 3, made of miniSEED 2 records
    sac            SAC files in a zip archive
    contiguous     cuts masked traces into parts that every format can store
    _crc32c        CRC-32C of many records at once
    _float_records float miniSEED records at once, for whole days
    _sample_count  checks that a file has every sample

A format's module has a function `write(traces, failed)`, which returns the bytes of one file; where
the format describes its samples, `write(traces, failed, windows)`. It is imported at first use, so
that the registry itself loads neither ObsPy nor NumPy.

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

__all__ = [
    "ALSO_FORMATS",
    "FORMATS",
    "JSON",
    "Format",
    "LostSamplesError",
    "format_name",
    "format_names",
    "has_coordinates",
]


class LostSamplesError(RuntimeError):
    """A writer left samples out; a bug of this project or of ObsPy, never of the request."""


@dataclass(frozen=True)
class Format:
    """A file format of waveforms.

    Attributes:
        module: the full name of the module that writes it.
        media_type: the file's media type.
        suffix: the file name's extension, without the dot.
        describes: whether its files have room for units, coordinates and the description of all
            windows. If not, a reply has these beside the file.
        float32: whether its samples are 32-bit floats, whatever the encoding of the traces.
    """

    module: str
    media_type: str
    suffix: str
    describes: bool = False
    float32: bool = False

    def write(
        self,
        traces: "Sequence[Trace]",
        failed: Sequence[Mapping[str, Any]],
        windows: Sequence[Mapping[str, Any]] = (),
    ) -> File:
        """Write traces as one file.

        Args:
            traces: contiguous and unmasked; int32, float32 or float64.
            failed: the windows without samples, as JSON; a format without room for them ignores
                them.
            windows: all windows as JSON, without their samples; used where the format describes.
        """
        described = (windows,) if self.describes else ()
        content: bytes = import_module(self.module).write(traces, failed, *described)
        return File(content, self.media_type, self.suffix)


FORMATS = {
    "mseed": Format("shared.formats.miniseed", "application/vnd.fdsn.mseed", "mseed"),
    "sac": Format("shared.formats.sac", "application/zip", "zip", describes=True, float32=True),
}
"""The file formats, by the names that requests use."""

JSON = "json"
"""The name of the default, which is not a file format."""


ALSO_FORMATS = {"miniseed": "mseed"}
"""Other names that a request may give a format, such as those of FDSN web services."""


def has_coordinates(name: str) -> bool:
    """Return whether the files of a format have room for the coordinates of the sensor."""
    return name in FORMATS and FORMATS[name].describes


def format_names() -> tuple[str, ...]:
    """Return the names that a request's format may have; the first is the default."""
    return (JSON, *FORMATS)


def format_name(text: Any) -> Any:
    """Return the format that a request's word stands for; another value is returned as it is."""
    word = text.lower() if isinstance(text, str) else text
    return ALSO_FORMATS.get(word, word) if word in (*format_names(), *ALSO_FORMATS) else text
