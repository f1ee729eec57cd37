"""SAC: a zip archive with one file for each contiguous trace, and the description of all windows.

SAC stores 32-bit floats only, so counts beyond 16,777,216 are rounded.
"""

import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from obspy import Trace
from obspy.io.sac.arrayio import dict_to_header_arrays
from obspy.io.sac.util import obspy_to_sac_header

from shared import strict_json
from shared.formats._sample_count import check_sample_count

ERRORS_NAME = "errors.json"
"""The file in the zip that lists the windows without samples, with their errors."""

WINDOWS_NAME = "windows.json"
"""The file in the zip that describes all windows, as the JSON reply does, without their samples."""

_HEADER_BYTES = 632
_SAMPLE_BYTES = 4
_BLOCK = 1 << 16  # samples to convert and compress at once, in the processor's cache

_UNKNOWN, _DISPLACEMENT, _VELOCITY, _ACCELERATION = 5, 6, 7, 8
"""SAC's kinds of a dependent variable, `idep`: https://ds.iris.edu/files/sac-manual/manual/file_format.html"""

_METRES = r"(?:nano|micro|milli|centi|kilo|[nuµmck])?m"  # the micro sign
_KINDS = {
    rf"{_METRES}": _DISPLACEMENT,
    rf"{_METRES}/s(?:ec)?": _VELOCITY,
    rf"{_METRES}/(?:\(?s(?:ec)?(?:\*\*|\^)2\)?|s(?:ec)?/s(?:ec)?)": _ACCELERATION,
}

_LEVEL, _MEMORY = 1, 9  # zlib's fastest
_MOST_QUICK = 1 << 20
"""Samples of a zip that are compressed without a search for repeats, in half the time: they fit a
direct reply in any case. Counts of a quiet channel take a third more bytes than with the search."""

_MOST_COMPRESSED = 4 << 20
"""Samples of a zip that are compressed. More would exceed a direct reply even then, and most of the
time for a day at 100 Hz would be that of zlib."""

_TIMESTAMP = (1980, 1, 1, 0, 0, 0)  # zip's earliest; a fixed one makes the bytes reproducible


def write(
    traces: Sequence[Trace],
    failed: Sequence[Mapping[str, Any]] = (),
    windows: Sequence[Mapping[str, Any]] = (),
) -> bytes:
    """Write contiguous traces as SAC files in a zip archive.

    A file's name ends with the unit of its samples, which the header has as `kuser0`: SAC's own
    `idep` gives the kind alone, and its manual assumes nanometres.

    Args:
        traces: unmasked; int32, float32 or float64. `stats.units` is the unit, "counts" if it is
            absent; `stats.place` the `shared.stations.place.Place`, if it is known.
        failed: the windows without samples, as JSON; `errors.json` lists them.
        windows: all windows as JSON, without their samples; `windows.json` lists them.

    Raises:
        RuntimeError: a file lacks samples.
    """
    buffer = io.BytesIO()
    times_used: Counter[str] = Counter()
    strategy = _strategy(sum(trace.stats.npts for trace in traces))
    with zipfile.ZipFile(buffer, "w") as archive:
        for trace in traces:
            name = _name(trace)
            times_used[name] += 1
            number = f".{times_used[name]}" if times_used[name] > 1 else ""
            meant = _HEADER_BYTES + _SAMPLE_BYTES * trace.stats.npts
            written = _add(archive, f"{name}{number}.sac", _parts(trace), meant, strategy)
            samples = (written - _HEADER_BYTES) // _SAMPLE_BYTES
            check_sample_count(samples, trace.stats.npts, "SAC file")
        for name, entries in ((ERRORS_NAME, failed), (WINDOWS_NAME, windows)):
            if entries:
                text = strict_json.dumps(list(entries))
                _add(archive, name, [text], len(text), zlib.Z_DEFAULT_STRATEGY)
    return buffer.getvalue()


def _strategy(samples: int) -> int | None:
    """Return zlib's strategy for the samples of a zip; None to store them as they are."""
    if samples > _MOST_COMPRESSED:
        return None
    return zlib.Z_DEFAULT_STRATEGY if samples > _MOST_QUICK else zlib.Z_HUFFMAN_ONLY


def _parts(trace: Trace) -> Iterator[bytes]:
    """Yield the file that ObsPy writes, whose search for the extremes is a loop in Python."""
    header = obspy_to_sac_header(trace.stats, keep_sac_header=False) | _described(trace)
    first, delta = (float(np.float32(header[name])) for name in ("b", "delta"))
    header["e"] = first + (trace.stats.npts - 1) * delta
    yield b"".join(array.tobytes() for array in dict_to_header_arrays(header, byteorder="<"))
    for begin in range(0, trace.data.size, _BLOCK):
        yield trace.data[begin : begin + _BLOCK].astype("<f4").data


def _described(trace: Trace) -> dict[str, Any]:
    """Return the header fields of samples, unit, place and orientation, as far as known."""
    unit, data = _unit(trace), trace.data
    fields: dict[str, Any] = {"idep": _kind(unit), "kuser0": unit[:8]}
    fields |= {"depmin": data.min(), "depmax": data.max(), "depmen": data.mean()}
    if place := trace.stats.get("place"):
        fields |= {
            "stla": place.latitude,
            "stlo": place.longitude,
            "stel": place.elevation,
            "stdp": place.depth,
            "cmpaz": place.azimuth,
            # SAC's inclination is from the vertical up, SEED's dip from the horizontal down.
            "cmpinc": None if place.dip is None else place.dip + 90.0,
        }
    return {name: value for name, value in fields.items() if value is not None}


def _unit(trace: Trace) -> str:
    return str(trace.stats.get("units", "counts")) or "unknown"


def _kind(unit: str) -> int:
    """Return SAC's kind of a unit, whatever its prefix."""
    matching = (kind for pattern, kind in _KINDS.items() if re.fullmatch(pattern, unit.lower()))
    return next(matching, _UNKNOWN)


def _name(trace: Trace) -> str:
    """Return a file's name without its ending, such as CI.BOM..BHZ.2024001.000000.019500.m_s2."""
    unit = re.sub(r"[^A-Za-z0-9]+", "_", _unit(trace).replace("**", "")).strip("_") or "unknown"
    return f"{trace.id}.{trace.stats.starttime.strftime('%Y%j.%H%M%S.%f')}.{unit}"


def _add(
    archive: zipfile.ZipFile, name: str, parts: Iterable[bytes], size: int, strategy: int | None
) -> int:
    """Add a file of a size, and return the number of bytes written.

    Args:
        archive: the zip.
        name: the file's name.
        parts: its content.
        size: its size in bytes.
        strategy: that of zlib; None to store the file as it is.
    """
    entry = zipfile.ZipInfo(name, _TIMESTAMP)
    entry.compress_type = zipfile.ZIP_STORED if strategy is None else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16  # Unix permissions: readable by everyone
    entry.file_size = size
    with archive.open(entry, "w") as file:
        if strategy is not None:  # `zipfile` has no option for it, and would compress by its own
            file._compressor = zlib.compressobj(  # type: ignore[attr-defined] # noqa: SLF001
                _LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS, _MEMORY, strategy
            )
        return sum(file.write(part) for part in parts)
