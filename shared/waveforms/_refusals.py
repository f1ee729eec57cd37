"""Errors for day objects that have no samples to deliver."""

import numpy as np
import numpy.typing as npt

from shared.archive.archive import DayObject
from shared.errors import NoWaveformError, UnreadableObjectError
from shared.waveforms._payload import Fault
from shared.waveforms._record_check import Flaw
from shared.waveforms._record_neighbours import contradicted_rate
from shared.waveforms._record_table import RecordTable
from shared.wording import first_few

_SIGNATURES = {
    0: {
        b"PK\x03\x04": "a zip archive",
        b"\x1f\x8b": "a gzip file",
        b"BZh": "a bzip2 file",
        b"\xfd7zXZ": "an xz file",
        b"\x28\xb5\x2f\xfd": "a zstd file",
        b"MS\x03": "miniSEED 3",
        b"<": "XML or HTML",
        b"{": "JSON",
    },
    6: {
        **dict.fromkeys((b"V ", b"A ", b"S ", b"T "), "control headers of full SEED"),
        **dict.fromkeys((b"D ", b"R ", b"Q ", b"M "), "records without a valid blockette 1000"),
    },
    257: {b"ustar": "a tar archive"},
}
"""Bytes at an offset, and the kind of content that has them there."""

_TEXT = 0
_ENCODINGS = {
    2: "INT24",
    **dict.fromkeys((12, 13, 14), "GEOSCOPE"),
    15: "US National Network",
    16: "CDSN",
    17: "Graefenberg",
    18: "IPG Strasbourg",
    30: "SRO",
    31: "HGLP",
    32: "DWWSSN",
    33: "RSTN",
}
"""Names of encoding formats that are not read: SEED manual 2.4, chapter 8, blockette 1000."""


def no_records(day_object: DayObject, content: memoryview) -> UnreadableObjectError:
    """Return the error for a content without a single record."""
    message = f"{day_object.uri} is not miniSEED 2: its {len(content):,} bytes have no record"
    if kind := _kind_of(content):
        message += f", but look like {kind}"
    return UnreadableObjectError(message, object=day_object.uri)


def _kind_of(content: memoryview) -> str:
    for offset, kinds in _SIGNATURES.items():
        for signature, kind in kinds.items():
            if content[offset : offset + len(signature)] == signature:
                return kind
    return ""


def no_samples(day_object: DayObject, records: RecordTable) -> NoWaveformError:
    """Return the error for records without samples of the channel."""
    ids = sorted(set(records.ids.tolist()) - {day_object.channel.seed_id})
    others = first_few(ids) or "records without samples"
    return NoWaveformError(
        f"{day_object.uri} has no samples of {day_object.channel.seed_id}, but {others}",
        object=day_object.uri,
    )


def none_sound(
    day_object: DayObject, records: RecordTable, reasons: npt.NDArray[np.uint8]
) -> UnreadableObjectError:
    """Return the error for records that are all damaged.

    Args:
        day_object: the object.
        records: those of the channel, at least one.
        reasons: a `Flaw` or a `Fault` for each of them.
    """
    uri = day_object.uri
    of_encoding = records.encodings[reasons == Fault.UNKNOWN_ENCODING].tolist()
    if of_encoding and set(of_encoding) == {_TEXT}:
        message = f"{uri} has records of text, not of samples"
    else:
        code = int(np.bincount(reasons).argmax())
        reason = str(Flaw(code) if code >= Flaw.CUT else Fault(code))
        if of_encoding:
            number = of_encoding[0]
            reason += f" {number} ({_ENCODINGS.get(number, 'not in SEED')})"
        message = (
            f"{uri}: none of its records of {day_object.channel.seed_id} can be decoded: {reason}"
        )
    return UnreadableObjectError(message, object=uri)


def refuse_contradiction(day_object: DayObject, records: RecordTable) -> None:
    """Raise an error if the sampling rate of a channel's records is not that of their times.

    Raises:
        UnreadableObjectError: the times of most records agree on another rate than they claim.
    """
    rates = contradicted_rate(records)
    if rates:
        claimed, by_times = rates
        raise UnreadableObjectError(
            f"{day_object.uri}: its records claim {claimed:g} Hz, but their times say"
            f" {by_times:.4g} Hz",
            object=day_object.uri,
        )
