"""A channel's day in, the instrument response removed, an object in the output bucket."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from obspy import Stream

from shared import settings, strict_json
from shared.archive.time import format_time
from shared.aws import s3_client, s3_write
from shared.aws.scratch import scratch_folder
from shared.corrected_days.adjacent_days import read_adjacent_days
from shared.corrected_days.request import CorrectedDayRequest
from shared.errors import NoWaveformError
from shared.formats import FORMATS
from shared.formats.miniseed import write_float_file
from shared.response.removal import remove_response
from shared.stations.stationxml import download_stationxml, read_stationxml
from shared.waveforms.read_day import download_day, read_day
from shared.waveforms.segments import join


@dataclass
class _Stopwatch:
    """Seconds spent in each step."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - start, 3)


def write_corrected_day(request: CorrectedDayRequest) -> dict[str, Any]:
    """Read the day and the station's StationXML, remove the response, write the result.

    The result is float miniSEED in ground motion's SI units, one run of records for each segment.
    The upload is the last step, so nothing is written when anything failed.

    Returns:
        The reply, as JSON: where the result lies, and what is needed to trust it.

    Raises:
        SettingsError: there is no output bucket.
        NoWaveformError, NoStationXMLError, NoResponseError: nothing to correct, or not possible.
        UnreadableObjectError: an object of the archive is not what its key promises.
        BadRequestError: `pre_filt` lies beyond the data's Nyquist frequency.
        S3Error: S3 failed.
    """
    output_bucket, input_bucket = settings.output_bucket(), settings.input_bucket()
    channel, day, parameters = request.channel, request.day, request.parameters
    watch = _Stopwatch()
    with scratch_folder() as folder:
        with watch.step("download"):
            waveform = download_day(input_bucket, channel, day, folder)
            metadata = download_stationxml(input_bucket, channel)
        with watch.step("read"):
            day_object = read_day(input_bucket, channel, day, waveform)
            stream = day_object.stream
            notes = [*day_object.warnings, *join(stream)]
            if not stream:
                raise NoWaveformError(f"{day_object.uri}: {notes[-1]}", object=day_object.uri)
        with watch.step("stationxml"):
            inventory = read_stationxml(metadata)
        margins = None
        if parameters.edges == "neighbours":
            with watch.step("neighbours"):
                margins = read_adjacent_days(input_bucket, channel, day, stream)
            notes += margins.warnings
        with watch.step("remove_response"):
            outcome = remove_response(stream, inventory, parameters, margins and margins.stream)
        result = folder / "result.ms"
        with watch.step("write"):
            write_float_file(stream, parameters.encoding, result)
        description = {
            "nscl": channel.nscl,
            "day": str(day),
            "units": outcome.units,
            **_extent(stream),
            "parameters": parameters.as_dict(),
            "pre_filt": outcome.pre_filt,
            "method": outcome.method,
            "gaps": outcome.gaps,
            "tapered": outcome.tapered,
            "waveform": day_object.uri,
            "neighbours": list(margins.uris) if margins else [],
            "stationxml": metadata.uri,
            "warnings": [*notes, *outcome.warnings],
        }
        object_metadata = _object_metadata({**description, "seconds": watch.seconds})
        with watch.step("upload"):
            s3_write.upload(
                result,
                output_bucket,
                request.output_key,
                FORMATS["mseed"].media_type,
                object_metadata,
            )
    output_key = s3_client.uri(output_bucket, request.output_key)
    return {"output_key": output_key, **description, "seconds": watch.seconds}


def _extent(stream: Stream) -> dict[str, Any]:
    """First and last sample, and how many there are in how many segments."""
    return {
        "starttime": format_time(min(trace.stats.starttime for trace in stream)),
        "endtime": format_time(max(trace.stats.endtime for trace in stream)),
        "sampling_rate": stream[0].stats.sampling_rate,
        "samples": sum(trace.stats.npts for trace in stream),
        "segments": len(stream),
    }


def _object_metadata(description: dict[str, Any]) -> dict[str, str]:
    """A description as S3 user metadata: ASCII text of 2 KB in all, names included.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html
    """
    texts = {name.replace("_", "-"): _ascii(value) for name, value in description.items()}
    for name in ("warnings", "gaps", "tapered"):
        if sum(len(name) + len(text) for name, text in texts.items()) > 2048:
            texts[name] = f"{len(description[name])}, too long for S3's metadata"
    return texts


def _ascii(value: Any) -> str:
    text = value if isinstance(value, str) else strict_json.dumps(value).decode()
    return text.encode("ascii", "replace").decode()
