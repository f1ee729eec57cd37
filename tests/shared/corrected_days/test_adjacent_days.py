"""The samples around a day, and corrected days that join."""

import io
from copy import deepcopy
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Stream, Trace, UTCDateTime

from local.cloud.s3_server import S3Server
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.aws import s3_client
from shared.corrected_days.adjacent_days import MARGIN_S, needed_margins, read_adjacent_days
from shared.corrected_days.correct import write_corrected_day
from shared.corrected_days.request import CorrectedDayRequest
from shared.errors import S3Error
from shared.response.parameters import RemovalParameters
from shared.response.removal import remove_channel_response
from shared.waveforms.segments import cut, join
from tests.support.builders import make_trace, put_day, put_station
from tests.support.commands import Measured
from tests.support.recording import CHANNEL, NSCL, RATE, recording

FIRST, SECOND = Day.parse("2024,001"), Day.parse("2024,002")
START = UTCDateTime("2024-01-01T21:00:00.0195")
MIDNIGHT = 3 * 3_600 * 40
"""The first sample of the second day."""

END = 2 * MIDNIGHT
MARGIN = int(MARGIN_S * RATE)


@pytest.fixture(scope="module")
def record() -> Trace:
    """Three hours on each side of midnight, as the instrument records them."""
    return recording(START, END, seed=3, earthquake_at=None)


@pytest.fixture
def days(archive: S3Server, record: Trace) -> S3Server:
    """The archive with the two days."""
    put_day(archive, NSCL, str(FIRST), cut(record, 0, MIDNIGHT))
    put_day(archive, NSCL, str(SECOND), cut(record, MIDNIGHT, END))
    put_station(archive, "CI", "BOM", BHZ=RATE)
    return archive


def correct(archive: S3Server, day: Day, **changes: Any) -> tuple[dict[str, Any], Stream]:
    request = {"day": str(day), "nscl": NSCL, "pre_filt": "auto", "encoding": "FLOAT64", **changes}
    reply = write_corrected_day(CorrectedDayRequest.parse(request))
    return reply, obspy.read(io.BytesIO(archive.get(reply["output_key"])))


def test_days_join_as_if_they_were_one(days: S3Server, record: Trace, measured: Measured) -> None:
    content = days.get("s3://scedc-pds/FDSNstationXML/CI/CI_BOM.xml")
    inventory = obspy.read_inventory(io.BytesIO(content))
    corners = correct(days, FIRST)[0]["pre_filt"]
    as_one = Stream([record.copy()])
    remove_channel_response(as_one, inventory, RemovalParameters(pre_filt=corners))
    inner = slice(END // 10, -END // 10)  # without the tapered ends of the recording
    errors = {}
    for edges in ("taper", "neighbours"):
        replies, parts = zip(
            *(correct(days, day, edges=edges) for day in (FIRST, SECOND)), strict=True
        )
        joined = parts[0] + parts[1]
        assert [trace.stats.npts for trace in joined] == [MIDNIGHT, END - MIDNIGHT]
        assert joined[1].stats.starttime == START + MIDNIGHT / RATE
        join(joined)
        (whole,) = joined
        difference = (whole.data - as_one[0].data)[inner]
        errors[edges] = np.abs(difference).max() / as_one[0].data[inner].std()
        first, second = replies
        assert first["neighbours"] == ([second["waveform"]] if edges == "neighbours" else [])
        assert second["neighbours"] == ([first["waveform"]] if edges == "neighbours" else [])
        assert len(first["tapered"]) == len(second["tapered"]) == len(errors) % 2 + 1
        assert ("neighbours" in first["seconds"]) == (edges == "neighbours")
    measured(f"around midnight, worst error over rms: {errors}")
    assert errors["neighbours"] < 0.01
    assert errors["taper"] > 1


def test_only_these_minutes_are_read(days: S3Server, record: Trace) -> None:
    own = Stream([cut(record, MIDNIGHT, END)])
    margins = read_adjacent_days(SCEDC.day_object(CHANNEL, SECOND), own)
    (before,) = margins.stream
    assert before.stats.endtime == own[0].stats.starttime - 1 / RATE
    assert before.stats.npts in (MARGIN, MARGIN + 1)
    np.testing.assert_array_equal(before.data[-MARGIN:], record.data[MIDNIGHT - MARGIN : MIDNIGHT])
    own = Stream([cut(record, 0, MIDNIGHT)])
    (after,) = read_adjacent_days(SCEDC.day_object(CHANNEL, FIRST), own).stream
    assert after.stats.starttime == own[0].stats.endtime + 1 / RATE
    np.testing.assert_array_equal(after.data, record.data[MIDNIGHT : MIDNIGHT + MARGIN])


def test_samples_of_the_days_own_time_are_left_out(archive: S3Server, record: Trace) -> None:
    """A record that crosses midnight may lie in both objects."""
    put_day(archive, NSCL, str(FIRST), cut(record, 0, MIDNIGHT + 500))
    own = Stream([cut(record, MIDNIGHT - 100, END)])
    margins = read_adjacent_days(SCEDC.day_object(CHANNEL, SECOND), own)
    (before,) = margins.stream
    assert before.stats.endtime == own[0].stats.starttime - 1 / RATE
    assert margins.warnings == ()


def test_the_margins_are_those_of_the_response_at_each_end(days: S3Server, record: Trace) -> None:
    content = days.get("s3://scedc-pds/FDSNstationXML/CI/CI_BOM.xml")
    inventory = obspy.read_inventory(io.BytesIO(content))
    own = Stream([cut(record, MIDNIGHT, END)])

    def margins(pre_filt: Any) -> tuple[float, float]:
        return needed_margins(own, inventory, RemovalParameters(pre_filt=pre_filt))

    assert margins(None) == margins((0.5, 1.0, 15.0, 18.0)) == (MARGIN_S, MARGIN_S)
    assert margins((0.001, 0.002, 15.0, 18.0)) == (2_400, 2_400)
    assert margins((0.0, 0.002, 15.0, 18.0)) == (6 * 3_600, 6 * 3_600)
    (channel,) = inventory[0][0]
    long_period, channel.end_date = deepcopy(channel), own[0].stats.starttime + 5
    long_period.start_date, long_period.end_date = channel.end_date, None
    for stage in long_period.response.response_stages[:1]:
        stage.poles = [pole / 3 if abs(pole) < 0.1 else pole for pole in stage.poles]
    inventory[0][0].channels.append(long_period)
    before, after = margins("auto")
    assert before == pytest.approx(1_791, abs=1)
    assert before < after


@pytest.mark.parametrize("late_s", [100, 10_700, 10_801])
def test_a_day_that_starts_late_needs_no_day_before(
    days: S3Server, record: Trace, late_s: int
) -> None:
    late = cut(record, MIDNIGHT, MIDNIGHT + 100)
    late.stats.starttime += late_s
    margins = read_adjacent_days(SCEDC.day_object(CHANNEL, SECOND), Stream([late]))
    assert len(margins.stream) == (late_s < 10_800)


@pytest.mark.parametrize("fault", ["missing", "not readable", "of another year"])
def test_an_unusable_adjacent_day_is_a_warning(days: S3Server, fault: str) -> None:
    key = "continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms"
    if fault == "missing":
        days.client.delete_object(Bucket="scedc-pds", Key=key)
    elif fault == "not readable":
        days.put(key, b"no miniSEED" * 1_000)
    else:
        put_day(days, NSCL, str(FIRST), make_trace(NSCL, "2020-01-01", [1, 2, 3]))
    reply, _ = correct(days, SECOND, edges="neighbours")
    reason, start, end = reply["warnings"]
    assert key in reason
    assert start == "tapered at the start, as no samples of the day before join it"
    assert end == "tapered at the end, as no samples of the day after join it"
    assert reply["neighbours"] == []
    assert len(reply["tapered"]) == 2


def test_a_failing_store_is_an_error(
    days: S3Server, record: Trace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A retry may succeed, so this is not a mere warning."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    s3_client.forget_clients()
    with pytest.raises(S3Error):
        read_adjacent_days(SCEDC.day_object(CHANNEL, SECOND), Stream([cut(record, MIDNIGHT, END)]))


@pytest.mark.parametrize("gaps", ["bridge", "split"])
def test_a_gap_at_midnight(archive: S3Server, record: Trace, gaps: str) -> None:
    """It is bridged like any other gap; with "split", the day's end is tapered."""
    put_day(archive, NSCL, str(FIRST), cut(record, 0, MIDNIGHT - 4_000))
    put_day(archive, NSCL, str(SECOND), cut(record, MIDNIGHT + 4_000, END))
    put_station(archive, "CI", "BOM", BHZ=RATE)
    reply, stream = correct(archive, SECOND, edges="neighbours", gaps=gaps)
    assert stream[0].stats.npts == END - MIDNIGHT - 4_000
    assert stream[0].stats.starttime == START + (MIDNIGHT + 4_000) / RATE
    assert len(reply["tapered"]) == (1 if gaps == "bridge" else 2)
    assert reply["gaps"] == []
