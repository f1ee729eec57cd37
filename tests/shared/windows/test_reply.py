"""Windows as files in any format: their order, their errors, reproducible bytes."""

import pytest

from shared.windows.reply import write_windows
from shared.windows.result import failed_windows
from tests.support.builders import noise
from tests.support.window_results import SAMPLES, failure, read_sac, result, with_gaps


def test_windows_keep_the_order_of_the_request():
    results = [
        result(noise(10), "2024-01-02T00:00:00", "CI.BOM.BHZ."),
        result(noise(10), "2024-01-01T00:00:00", "CE.13884.HNZ.10", 200.0),
        failure(),
        result(noise(10), "2024-01-01T12:00:00", "CI.BOM.BHZ."),
    ]
    records = write_windows(results, "mseed").data
    codes = [records[first + 8 : first + 20] for first in range(0, len(records), 512)]
    assert codes == [b"BOM    BHZCI", b"1388410HNZCE", b"BOM    BHZCI"]
    names, traces = read_sac(results)
    assert [trace.id for trace in traces] == ["CI.BOM..BHZ", "CE.13884.10.HNZ", "CI.BOM..BHZ"]
    assert names == [
        "CI.BOM..BHZ.2024002.000000.000000.counts.sac",
        "CE.13884.10.HNZ.2024001.000000.000000.counts.sac",
        "CI.BOM..BHZ.2024001.120000.000000.counts.sac",
    ]


def test_failed_windows_are_listed_with_their_index():
    results = [failure("first"), result(noise(10)), failure("last")]
    assert failed_windows(results) == [
        {
            "window": index,
            "network": "CI",
            "station": "BOM",
            "channel": "BHZ",
            "location": "",
            "starttime": "2024-01-01T00:00:00.019538Z",
            "endtime": "2024-01-01T00:01:00.019538Z",
            "error": {"type": "NoWaveformError", "message": message, "object": "s3://b/k"},
        }
        for index, message in ((0, "first"), (2, "last"))
    ]


@pytest.mark.parametrize("file_format", ["mseed", "sac"])
def test_same_windows_same_bytes(file_format, monkeypatch):
    results = [result(SAMPLES["a gap"]), failure()]
    first = write_windows(results, file_format)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1500000000")
    assert write_windows(results, file_format) == first


def test_writing_changes_nothing():
    data = with_gaps(noise(100).astype(">i4"), (10, 20))
    window_result = result(data)
    stats = window_result.trace.stats.copy()
    for file_format in ("mseed", "sac"):
        write_windows([window_result], file_format)
    assert window_result.trace.stats == stats
    assert window_result.trace.data is data
    assert data.dtype == ">i4"
    assert data.mask.sum() == 10
