"""A channel day from the archive to the output bucket."""

import io
from collections.abc import Callable
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Stream

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.errors import NoWaveformError, S3Error
from tests.support.builders import make_trace, mseed, noise, put_day, put_station
from tests.support.corrected_days import KEY, NSCL, write


def by_obspy(archive: S3Server, day: Stream, **keywords: Any) -> Stream:
    content = archive.get("s3://scedc-pds/FDSNstationXML/CI/CI_BOM.xml")
    return day.copy().remove_response(obspy.read_inventory(io.BytesIO(content)), **keywords)


def assert_close(data: np.ndarray, expected: np.ndarray, tolerance: float) -> None:
    """Compare samples, with a tolerance relative to the peak."""
    assert np.abs(data - expected).max() <= tolerance * np.abs(expected).max()


def test_the_result_in_the_bucket_is_that_of_obspy(archive: S3Server, day: Stream) -> None:
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


def test_float64_is_written_to_the_last_bit(archive: S3Server, day: Stream) -> None:
    reply = write(encoding="FLOAT64", method="obspy", gaps="split")
    written = obspy.read(io.BytesIO(archive.get(reply["output_key"])), format="MSEED")
    expected = by_obspy(archive, day)
    for trace, reference in zip(written, expected, strict=True):
        np.testing.assert_array_equal(trace.data, reference.data)


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


def test_conflicting_samples_and_other_rates_are_warnings(archive: S3Server) -> None:
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
    overlap, rates, response = reply["warnings"]
    assert overlap == (
        "3200 samples that conflict with one another were left out:"
        " 2024-01-01T00:01:00.000000Z to 2024-01-01T00:01:39.975000Z"
    )
    assert "20.0, 40.0 Hz" in rates
    assert response.endswith("the stages of the response end in 40 Hz, but the data have 20 Hz")
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
