"""A channel's day, from the archive to the output bucket."""

import dataclasses
import io
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Stream

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.archive import DayObject
from shared.aws import s3_read
from shared.corrected_days.correct import write_corrected_day
from shared.corrected_days.request import CorrectedDayRequest
from shared.errors import BadRequestError, NoWaveformError, S3Error
from tests.support.builders import make_trace, mseed, noise, put_day, put_station

NSCL = "CI.BOM.BHZ."
REQUEST = {"day": "2024,001", "nscl": NSCL}
KEY = "2024/2024_001/CIBOM__BHZ___2024001.ms"


@pytest.fixture
def day(archive: S3Server) -> Stream:
    """A day of CI.BOM.BHZ with a gap, in the archive."""
    traces = [
        make_trace(NSCL, "2024-01-01T00:00:00.019536", noise(40_000)),
        make_trace(NSCL, "2024-01-01T02:00:00.012345", noise(30_000, 2)),
    ]
    put_day(archive, NSCL, "2024,001", *traces)
    put_station(archive, "CI", "BOM", BHZ=40.0)
    return Stream(traces)


def by_obspy(archive: S3Server, day: Stream, **keywords: Any) -> Stream:
    content = archive.get("s3://scedc-pds/FDSNstationXML/CI/CI_BOM.xml")
    return day.copy().remove_response(obspy.read_inventory(io.BytesIO(content)), **keywords)


def write(**changes: Any) -> dict[str, Any]:
    return write_corrected_day(CorrectedDayRequest.parse({**REQUEST, **changes}))


def test_what_lies_in_the_bucket_is_obspys_result(archive: S3Server, day: Stream) -> None:
    reply = write(gaps="split")

    assert reply["output_key"] == f"s3://{OUTPUT_BUCKET}/noresp_gaps-split/{KEY}"
    written = obspy.read(io.BytesIO(archive.get(reply["output_key"])), format="MSEED")
    expected = by_obspy(archive, day)
    assert len(written) == len(expected) == 2
    for trace, reference in zip(written, expected, strict=True):
        assert trace.data.dtype == np.float32
        assert_close(trace.data, reference.data, 1e-7)
        assert trace.id == "CI.BOM..BHZ"
        assert trace.stats.starttime == reference.stats.starttime  # microseconds survive
        assert trace.stats.sampling_rate == 40.0
        assert trace.stats.mseed.dataquality == "D"


def test_a_micrometre_per_second_survives(archive: S3Server, day: Stream) -> None:
    written = obspy.read(io.BytesIO(archive.get(write()["output_key"])), format="MSEED")
    peaks = [np.abs(trace.data).max() for trace in written]
    assert all(1e-7 < peak < 1e-2 for peak in peaks), peaks
    assert all(np.count_nonzero(trace.data) > 0.99 * trace.stats.npts for trace in written)


def assert_close(data: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Equal to a part of the peak."""
    assert np.abs(data - expected).max() <= tolerance * np.abs(expected).max()


def test_float64_is_written_to_the_last_bit(archive: S3Server, day: Stream) -> None:
    reply = write(encoding="FLOAT64", method="obspy", gaps="split")
    written = obspy.read(io.BytesIO(archive.get(reply["output_key"])), format="MSEED")
    expected = by_obspy(archive, day)
    for trace, reference in zip(written, expected, strict=True):
        np.testing.assert_array_equal(trace.data, reference.data)


def test_the_reply_and_the_object_say_what_it_is(archive: S3Server, day: Stream) -> None:
    reply = write(output="DISP", pre_filt=[0.01, 0.02, 15, 18], water_level=None)

    assert reply["units"] == "m"
    assert reply["starttime"] == "2024-01-01T00:00:00.019536Z"
    assert reply["endtime"] == str(day[1].stats.endtime)
    assert (reply["samples"], reply["segments"], reply["sampling_rate"]) == (70_000, 2, 40.0)
    assert reply["parameters"] == {
        "output": "DISP",
        "pre_filt": (0.01, 0.02, 15.0, 18.0),
        "water_level": None,
        "taper_fraction": 0.05,
        "zero_mean": True,
        "encoding": "FLOAT32",
        "gaps": "bridge",
        "edges": "taper",
        "method": "fast",
    }
    assert reply["pre_filt"] == (0.01, 0.02, 15.0, 18.0)
    assert reply["method"] == "fast"
    assert reply["gaps"] == [
        {
            "starttime": str(day[0].stats.endtime + 0.025),
            "endtime": str(day[1].stats.starttime - 0.025),
            "samples": 248_000,
            "bridged": True,
        }
    ]
    taper_s = 0.025 * 318_000 * 0.025  # of what lies between the first and the last sample
    start, end = day[0].stats.starttime, day[1].stats.endtime
    assert reply["tapered"] == [
        {"starttime": str(start), "endtime": str(start + taper_s - 0.025)},
        {"starttime": str(end - taper_s + 0.025), "endtime": str(end)},
    ]
    assert reply["neighbours"] == []
    assert reply["waveform"] == f"s3://scedc-pds/continuous_waveforms/{KEY}"
    assert reply["stationxml"] == "s3://scedc-pds/FDSNstationXML/CI/CI_BOM.xml"
    steps = ["download", "read", "stationxml", "remove_response", "write", "upload"]
    assert list(reply["seconds"]) == steps

    key = reply["output_key"].removeprefix(f"s3://{OUTPUT_BUCKET}/")
    head = archive.client.head_object(Bucket=OUTPUT_BUCKET, Key=key)
    assert head["ContentType"] == "application/vnd.fdsn.mseed"
    metadata = head["Metadata"]
    for name in ("units", "starttime", "endtime", "nscl", "day", "waveform", "stationxml"):
        assert metadata[name] == reply[name]
    assert float(metadata["sampling-rate"]) == 40.0
    assert int(metadata["samples"]) == 70_000
    assert int(metadata["segments"]) == 2
    assert json.loads(metadata["parameters"])["pre_filt"] == [0.01, 0.02, 15.0, 18.0]
    for name in ("pre_filt", "gaps", "tapered"):
        assert json.loads(metadata[name.replace("_", "-")]) == json.loads(json.dumps(reply[name]))
    assert list(json.loads(metadata["seconds"])) == steps[:-1]


@pytest.mark.parametrize(
    ("changes", "folder"),
    [
        ({}, "noresp"),
        ({"water_level": 60.0, "pre_filt": None, "encoding": "FLOAT32"}, "noresp"),
        ({"output": "DISP"}, "noresp_output-DISP"),
        ({"encoding": "FLOAT64"}, "noresp_encoding-FLOAT64"),
        ({"output": "ACC", "encoding": "FLOAT64"}, "noresp_output-ACC_encoding-FLOAT64"),
        ({"pre_filt": [0.005, 0.01, 35, 45.5]}, "noresp_pre_filt-0.005-0.01-35-45.5"),
        ({"water_level": None}, "noresp_water_level-none"),
        ({"taper_fraction": 0}, "noresp_taper_fraction-0"),
        ({"zero_mean": False}, "noresp_zero_mean-false"),
        ({"method": "obspy"}, "noresp_method-obspy"),
        ({"pre_filt": "auto"}, "noresp_pre_filt-auto"),
        ({"gaps": "split"}, "noresp_gaps-split"),
        ({"edges": "neighbours"}, "noresp_edges-neighbours"),
    ],
)
def test_no_result_takes_anothers_place(changes: dict[str, Any], folder: str) -> None:
    request = CorrectedDayRequest.parse({**REQUEST, **changes})
    assert request.output_key == f"{folder}/{KEY}"


@pytest.mark.parametrize("disorder", ["swapped", "twice", "halves"])
def test_records_out_of_order_make_no_seams(archive: S3Server, disorder: str) -> None:
    put_station(archive, "CI", "BOM", BHZ=40.0)
    content = mseed(make_trace(NSCL, "2024-01-01T00:00:00.0195", noise(40_000)))
    records = [content[first : first + 512] for first in range(0, len(content), 512)]
    middle = len(records) // 2
    disordered = {
        "swapped": [
            *records[:middle],
            records[middle + 1],
            records[middle],
            *records[middle + 2 :],
        ],
        "twice": [*records[: middle + 1], *records[middle:]],
        "halves": [*records[middle:], *records[:middle]],
    }[disorder]
    key = "continuous_waveforms/" + KEY
    archive.put(key, content)
    expected = obspy.read(io.BytesIO(archive.get(write()["output_key"])))

    archive.put(key, b"".join(disordered))
    reply = write()

    (trace,) = obspy.read(io.BytesIO(archive.get(reply["output_key"])))
    np.testing.assert_array_equal(trace.data, expected[0].data)
    assert reply["samples"] == 40_000
    assert "were joined to 1" in reply["warnings"][0]


def test_conflicting_samples_and_other_rates_are_told(archive: S3Server) -> None:
    put_station(archive, "CI", "BOM", BHZ=40.0)
    put_day(
        archive,
        NSCL,
        "2024,001",
        make_trace(NSCL, "2024-01-01T00:00:00", noise(4_000)),
        make_trace(NSCL, "2024-01-01T00:01:00", noise(4_000, 2)),
        make_trace(NSCL, "2024-01-01T01:00:00", noise(4_000, 3), 20.0),
    )
    reply = write()
    overlap, rates = reply["warnings"]
    assert overlap == (
        "3200 samples that conflict with one another were left out:"
        " 2024-01-01T00:01:00.000000Z to 2024-01-01T00:01:39.975000Z"
    )
    assert "20.0, 40.0 Hz" in rates
    assert reply["samples"] == 2 * 2_400 + 4_000
    assert [gap["samples"] for gap in reply["gaps"]] == [1_600, 3_440 * 40]


def test_a_day_of_nothing_but_conflicts_has_no_data(archive: S3Server) -> None:
    put_station(archive, "CI", "BOM", BHZ=40.0)
    traces = [make_trace(NSCL, "2024-01-01", noise(4_000, seed)) for seed in (1, 2)]
    put_day(archive, NSCL, "2024,001", *traces)
    with pytest.raises(NoWaveformError, match="8000 samples that conflict"):
        write()


def test_the_same_request_gives_the_same_bytes(archive: S3Server, day: Stream) -> None:
    first = archive.get(write()["output_key"])
    assert archive.get(write()["output_key"]) == first


def test_nothing_is_left_in_tmp(
    archive: S3Server, day: Stream, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    seen: list[str] = []
    download = s3_read.download

    def spy(source: DayObject, path: Path) -> None:
        download(source, path)
        seen.extend(os.listdir(tmp_path))

    monkeypatch.setattr(s3_read, "download", spy)
    write()
    archive.client.delete_object(Bucket="scedc-pds", Key="FDSNstationXML/CI/CI_BOM.xml")
    with pytest.raises(Exception, match="StationXML"):
        write()
    assert seen
    assert os.listdir(tmp_path) == []


def test_nothing_is_written_when_the_upload_fails(
    archive: S3Server,
    day: Stream,
    monkeypatch: pytest.MonkeyPatch,
    output_keys: Callable[[], list[str]],
) -> None:
    monkeypatch.setenv("S3_OUTPUT_BUCKET", "no-such-bucket")
    with pytest.raises(S3Error, match="s3://no-such-bucket/noresp/"):
        write()
    assert output_keys() == []


def test_warnings_too_long_for_metadata_stay_in_the_reply(
    archive: S3Server, day: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.corrected_days import correct

    real = correct.remove_response
    notes = tuple(f"odd number {number} µ\n" for number in range(300))
    monkeypatch.setattr(
        correct,
        "remove_response",
        lambda *values: dataclasses.replace(real(*values), warnings=notes),
    )
    reply = write()
    assert reply["warnings"] == list(notes)
    key = reply["output_key"].removeprefix(f"s3://{OUTPUT_BUCKET}/")
    metadata = archive.client.head_object(Bucket=OUTPUT_BUCKET, Key=key)["Metadata"]
    assert metadata["warnings"].startswith("300, too long")


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (None, "the request is None"),
        ([], "must be a JSON object with day, nscl"),
        ({}, "day is missing"),
        ({"day": "2019,183"}, "nscl is missing"),
        ({**REQUEST, "day": 2019183}, "day is 2019183"),
        ({**REQUEST, "day": "2019,366"}, "2019 has days 001 to 365"),
        ({**REQUEST, "day": "2019/183"}, "day '2019/183'"),
        ({**REQUEST, "nscl": "CI.SOC..HHZ"}, "network.station.channel.location"),
        ({**REQUEST, "nscl": "CI.S/C.HHZ."}, "station code 'S/C'"),
        ({**REQUEST, "nscl": "../../etc"}, "nscl '../../etc'"),
        ({**REQUEST, "nscl": ["CI.SOC.HHZ."]}, "nscl is"),
        ({**REQUEST, "waterlevel": 60}, "unknown field 'waterlevel'"),
        ({**REQUEST, "encoding": "INT32"}, "'FLOAT32', 'FLOAT64'"),
    ],
)
def test_bad_requests_name_what_is_wrong(bad: object, words: str) -> None:
    with pytest.raises(BadRequestError, match=words):
        CorrectedDayRequest.parse(bad)
