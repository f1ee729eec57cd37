"""Correct a channel day: read it, remove the instrument response, write it to the output bucket."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from obspy import Inventory, Stream

from shared import guard, machine, settings, telemetry
from shared.archive.archive import DayObject
from shared.archive.registry import input_archive
from shared.aws import s3_client, s3_write
from shared.aws.s3_client import at_once
from shared.corrected_days._description import extent, object_metadata, provenance
from shared.corrected_days._stopwatch import Stopwatch
from shared.corrected_days.adjacent_days import (
    AdjacentDays,
    needed_margins,
    read_adjacent_days,
)
from shared.corrected_days.request import CorrectedDayRequest
from shared.errors import NoWaveformError
from shared.formats import FORMATS
from shared.formats.miniseed import write_floats
from shared.reply import Unfinished
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response
from shared.response.report import RemovalReport
from shared.response.rounding import check_range, describe_rounding
from shared.stations.stationxml import download_stationxml, forget_channel, read_stationxml
from shared.waveforms.read_day import download_day, forget_day, read_day
from shared.waveforms.reasons import EmptySpan, conflicts
from shared.waveforms.segments import join


@dataclass(frozen=True)
class _Sources:
    """The data that a day is corrected from.

    Attributes:
        stream: the day's segments, in order.
        inventory: the station's metadata.
        adjacent: the samples around the day; None if the parameters do not ask for them.
        waveform_uri, stationxml_uri: the objects that they were read from.
        warnings: oddities of the data, in words.
        empty: the reasons for samples missing between the segments.
        etags: the ETags of all objects that were read, by their names in the reply.
    """

    stream: Stream
    inventory: Inventory
    adjacent: AdjacentDays | None
    waveform_uri: str
    stationxml_uri: str
    warnings: tuple[str, ...]
    empty: tuple[EmptySpan, ...]
    etags: dict[str, Any]


def write_corrected_day(request: CorrectedDayRequest) -> dict[str, Any]:
    """Remove the response from a channel day, and write the result to the output bucket.

    The result is float miniSEED in SI units of ground motion, with the segments of the day. The
    upload is the last step, so a failed request writes nothing.

    Returns:
        The reply as JSON: the URI of the result, and how it was made.

    Raises:
        SettingsError: there is no output bucket, or a setting is wrong.
        NoWaveformError, NoStationXMLError, NoResponseError: the day cannot be corrected.
        UnreadableObjectError: an object of the archive is not of the kind that its key names.
        BadRequestError: `pre_filt` lies beyond the data's Nyquist frequency.
        S3Error: S3 failed.
        TooLargeError: the function has too little memory.
    """
    reply: dict[str, Any] = correct_day(request).finish()
    return reply


def correct_day(request: CorrectedDayRequest) -> Unfinished:
    """Do all that `write_corrected_day` does except the upload, which is the last step.

    Raises:
        Exception: as of `write_corrected_day`.
    """
    telemetry.describe(
        channel=request.channel.nscl,
        day=str(request.day),
        parameters={"output": request.parameters.output, **request.parameters.changed()},
    )
    output_bucket = settings.output_bucket()
    day_object = input_archive().day_object(request.channel, request.day)
    with _faults_of(day_object):
        upload = _correct(request, day_object, output_bucket)

    def finish() -> dict[str, Any]:
        with _faults_of(day_object):
            return upload()

    return Unfinished(finish)


@contextmanager
def _faults_of(day_object: DayObject) -> Iterator[None]:
    """Name faults of the machine, and forget objects that an exception casts doubt on."""
    with machine.named_faults():
        try:
            yield
        except Exception as error:
            if guard.casts_doubt(error):
                forget_day(day_object)
                forget_channel(day_object.archive, day_object.channel)
            raise


def _correct(
    request: CorrectedDayRequest, day_object: DayObject, output_bucket: str
) -> Callable[[], dict[str, Any]]:
    """Return the upload, which needs the samples no more."""
    watch = Stopwatch()
    sources = _read_sources(day_object, request.parameters, watch)
    stream, adjacent = sources.stream, sources.adjacent
    with watch.step("remove_response"):
        margins = adjacent.stream if adjacent else None
        report = remove_channel_response(
            stream, sources.inventory, request.parameters, margins, empty=sources.empty
        )
        if request.parameters.encoding == "FLOAT32":
            check_range(stream, report.units)
            lost = describe_rounding(stream, report)
            report = replace(report, warnings=(*report.warnings, *lost))
    with watch.step("write"):
        content = write_floats(stream, request.parameters.encoding)
    description = _describe(request, sources, report)
    origin = provenance(request, sources.etags)

    def upload() -> dict[str, Any]:
        with watch.step("upload"):
            s3_write.upload(
                content,
                output_bucket,
                request.output_key,
                FORMATS["mseed"].media_type,
                metadata=object_metadata({**description, **origin, "seconds": watch.seconds}),
            )
        output_key = s3_client.uri(output_bucket, request.output_key)
        return {"output_key": output_key, **description, "seconds": watch.seconds}

    return upload


def _read_sources(
    day_object: DayObject, parameters: RemovalParameters, watch: Stopwatch
) -> _Sources:
    with watch.step("download"):
        content, stationxml = at_once(
            lambda: download_day(day_object),
            lambda: download_stationxml(day_object.archive, day_object.channel),
        )
    with watch.step("read"):
        waveform = read_day(day_object, content)
        del content  # some 20 MB, which the removal has a use for
        empty = (*conflicts(waveform.stream), *waveform.empty)
        warnings = [*waveform.warnings, *join(waveform.stream)]
        if not waveform.stream:
            raise NoWaveformError(f"{waveform.uri}: {warnings[-1]}", object=waveform.uri)
    with watch.step("stationxml"):
        inventory = read_stationxml(stationxml)
    adjacent = None
    if parameters.edges == "neighbours":
        with watch.step("neighbours"):
            margins = needed_margins(waveform.stream, inventory, parameters)
            adjacent = read_adjacent_days(day_object, waveform.stream, margins)
        warnings += adjacent.warnings
    etags = {
        "waveform": waveform.etag,
        "neighbours": list(adjacent.etags) if adjacent else [],
        "stationxml": stationxml.etag,
    }
    return _Sources(
        waveform.stream,
        inventory,
        adjacent,
        waveform.uri,
        stationxml.uri,
        tuple(warnings),
        empty,
        etags,
    )


def _describe(
    request: CorrectedDayRequest, sources: _Sources, report: RemovalReport
) -> dict[str, Any]:
    """Describe the corrected day as JSON, by the names of the reply."""
    return {
        "nscl": request.channel.nscl,
        "day": str(request.day),
        "units": report.units,
        **extent(sources.stream),
        "parameters": request.parameters.as_dict(),
        "pre_filt": report.pre_filt,
        "method": report.method,
        "gaps": report.gaps,
        "tapered": report.tapered,
        "waveform": sources.waveform_uri,
        "neighbours": list(sources.adjacent.uris) if sources.adjacent else [],
        "stationxml": sources.stationxml_uri,
        "warnings": [*sources.warnings, *report.warnings],
    }
