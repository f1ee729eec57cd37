"""`remove_response` on streams as `obspy.read()` returns them, against ObsPy and arithmetic."""

import io
from typing import Any

import numpy as np
import obspy
import pytest
from obspy import Inventory, Stream, Trace, UTCDateTime

from local.synthetic import instrument
from shared.errors import BadRequestError, NoResponseError, UnreadableObjectError
from shared.response import RemovalParameters, remove_response
from tests.support.builders import METADATA_START, make_trace, noise
from tests.support.response_removal import station, worst_error

BHZ = "CI.BOM.BHZ."
START = UTCDateTime(2024, 1, 1)
BAND = {"pre_filt": (0.02, 0.05, 15.0, 18.0), "water_level": None}


def record(nscl: str = BHZ, start: float = 0.0, npts: int = 8_000, rate: float = 40.0) -> Trace:
    """Return samples of one long noise, so that neighbours in time continue each other."""
    first = round(start * rate)
    return make_trace(nscl, str(START + start), noise(60_000)[first : first + npts], rate)


def stations(*nscls: str) -> Inventory:
    found = Inventory()
    for nscl in nscls:
        network, code, channel, location = nscl.split(".")
        epoch = instrument.ChannelEpoch(channel, location, 40.0, METADATA_START)
        content = instrument.stationxml(network, code, [epoch])
        found += obspy.read_inventory(io.BytesIO(content))
    return found


def same(trace: Trace, other: Trace) -> bool:
    difference = np.abs(trace.data - other.data).max()
    return bool(difference <= 1e-9 * np.abs(other.data).max())


@pytest.mark.parametrize(
    "options",
    [{}, {"output": "DISP"}, {"output": "ACC", "water_level": None, "pre_filt": [1, 2, 30, 40]}],
)
def test_obspys_own_stream_is_corrected_as_by_obspy(options: dict[str, Any]) -> None:
    stream, inventory = obspy.read(), obspy.read_inventory()
    traces = list(stream)
    expected = stream.copy().remove_response(inventory, **options)
    reports = remove_response(stream, inventory, **options)
    assert list(reports) == ["BW.RJOB..EHZ", "BW.RJOB..EHN", "BW.RJOB..EHE"]
    assert all(one is other for one, other in zip(stream, traces, strict=True))
    for trace, reference in zip(stream, expected, strict=True):
        assert worst_error(Stream([trace]), Stream([reference])) < 1e-6
        assert trace.data.dtype == np.float64
        (done,) = trace.stats.processing
        assert f"remove_response(output={options.get('output', 'VEL')!r}" in done
    unit = {"DISP": "m", "ACC": "m/s**2"}.get(options.get("output", ""), "m/s")
    assert {report.units for report in reports.values()} == {unit}


def test_channels_stations_rates_and_types_stay_apart() -> None:
    """Nothing else in a stream, in any order, changes the result of a trace."""
    nscls = ("CI.BOM.BHZ.", "CI.BOM.BHN.", "CI.BOM.BHZ.10", "CI.SOC.BHZ.", "XX.BOM.BHZ.")
    stream = Stream([record(nscl) for nscl in nscls])
    stream[1].data = stream[1].data.astype(np.int64)
    stream[2].data = stream[2].data.astype(np.float32)
    stream += record("CI.BOM.BHN.", npts=4_000, rate=20.0)
    stream[5].stats.starttime += 86_400
    inventory = stations(*nscls)
    alone = [trace.copy() for trace in stream]
    reports = remove_response(stream, inventory)
    assert len(reports) == 5
    for trace, before in zip(stream, alone, strict=True):
        remove_response(before, inventory)
        assert same(trace, before)
        assert trace.stats.starttime == before.stats.starttime


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1)])
def test_days_and_gaps_are_corrected_as_one(order: tuple[int, ...]) -> None:
    """Two days that adjoin, and a third after a gap: as their masked whole, without an edge."""
    pieces = [record(start=0), record(start=200), record(start=500)]
    whole = Stream([piece.copy() for piece in pieces]).merge()
    stream = Stream([pieces[place] for place in order])
    report = remove_response(stream, station(), **BAND)["CI.BOM..BHZ"]
    assert remove_response(whole, station(), **BAND)["CI.BOM..BHZ"].gaps == report.gaps
    assert [gap["samples"] for gap in report.gaps] == [4_000]
    assert [trace.id for trace in stream] == ["CI.BOM..BHZ"] * 3
    (masked,) = whole
    assert np.ma.count_masked(masked.data) == 4_000
    assert np.isfinite(masked.data.data).all()
    for piece in pieces:
        first = round((piece.stats.starttime - START) * 40)
        part = masked.data[first : first + 8_000]
        assert np.ma.count_masked(part) == 0
        assert (np.asarray(part) == piece.data).all()
    joined = record(npts=16_000)
    remove_response(joined, station(), gaps="split", **BAND)
    inner = slice(4_000, 12_000)  # off the tapers, and over the seam
    seam = np.concatenate([pieces[0].data, pieces[1].data])
    assert np.abs(seam[inner] - joined.data[inner]).max() < 0.02 * joined.data.std()


def test_hidden_samples_have_no_effect() -> None:
    results = []
    for hidden in (0, 10**9):
        trace = record()
        samples = np.ma.MaskedArray(trace.data.copy(), np.zeros(8_000, bool))
        samples[3_000:3_100] = hidden
        samples[3_000:3_100] = np.ma.masked
        trace.data = samples
        remove_response(trace, station())
        assert trace.data.mask.sum() == 100
        results.append(trace.data.data)
    assert (results[0] == results[1]).all()


def test_traces_that_overlap_are_corrected_one_by_one() -> None:
    stream = Stream([record(start=0), record(start=100), record(start=200)])
    together = Stream([stream[0].copy(), stream[2].copy()])
    middle = stream[1].copy()
    report = remove_response(stream, station())["CI.BOM..BHZ"]
    remove_response(together, station())
    remove_response(middle, station())
    assert same(stream[0], together[0])
    assert same(stream[2], together[1])
    assert same(stream[1], middle)
    (warning,) = report.warnings
    assert warning.startswith("traces overlap and are corrected one by one: 2024-01-01T00:01:40")


def test_traces_far_apart_are_corrected_as_by_obspy() -> None:
    """A gap that nothing bridges leaves tapers, and the shorter span bounds the band."""
    near, far = record(npts=4_000), record(npts=4_000)
    far.stats.starttime += 86_400
    stream = Stream([near, far])
    expected = stream.copy().remove_response(station())
    report = remove_response(stream, station())["CI.BOM..BHZ"]
    assert all(
        worst_error(Stream([one]), Stream([other])) < 1e-6
        for one, other in zip(stream, expected, strict=True)
    )
    assert (len(report.tapered), report.gaps) == (4, [])
    band = remove_response(Stream([record(), far.copy()]), station(), pre_filt="auto")
    assert band["CI.BOM..BHZ"].pre_filt[1] == pytest.approx(10 / 200)


def test_a_trace_stays_whole_where_its_response_changes() -> None:
    change = START + 100
    epochs = [instrument.ChannelEpoch("BHZ", "", 40.0, date) for date in (METADATA_START, change)]
    inventory = station(*epochs)
    first, second = inventory[0][0].channels
    first.end_date = change
    second.response.response_stages[0].stage_gain *= 2
    second.response.instrument_sensitivity.value *= 2
    trace = record()
    expected = []
    for samples, epoch in ((slice(4_000), first), (slice(4_000, None), second)):
        part = make_trace(BHZ, str(START), trace.data[samples])
        part.stats.response = epoch.response
        expected.append(part.remove_response().data)
    report = remove_response(trace, inventory, gaps="split")["CI.BOM..BHZ"]
    difference = np.abs(trace.data - np.concatenate(expected)).max()
    assert difference < 1e-6 * np.abs(trace.data).max()
    assert any("split where another response begins" in note for note in report.warnings)


@pytest.mark.parametrize(
    ("spoil", "kind", "said"),
    [
        ({"channel": "BHX"}, NoResponseError, "CI.BOM..BHX at 2024-01-01T00:00:00"),
        ({"data": np.array(["a", "b"])}, BadRequestError, "CI.BOM..BHN at .*type <U1: must be"),
        ({"data": np.array([1.0, np.nan])}, UnreadableObjectError, "CI.BOM..BHN at .*not numbers"),
    ],
)
def test_an_error_names_the_channel_and_changes_nothing(
    spoil: dict[str, Any], kind: type[Exception], said: str
) -> None:
    stream = Stream([record(), record("CI.BOM.BHN.")])
    for name, value in spoil.items():
        setattr(stream[1] if name == "data" else stream[1].stats, name, value)
    before = stream.copy()
    with pytest.raises(kind, match=said):
        remove_response(stream, stations(BHZ, "CI.BOM.BHN."))
    assert [trace.stats for trace in stream] == [trace.stats for trace in before]
    for trace, old in zip(stream, before, strict=True):
        np.testing.assert_array_equal(trace.data, old.data)


def test_streams_without_samples_stay_empty() -> None:
    assert remove_response(Stream(), station()) == {}
    empty, masked = Trace(), record(npts=10)
    masked.data = np.ma.masked_all(10)
    assert remove_response(Stream([empty, masked, record()]), station()).keys() == {"CI.BOM..BHZ"}
    assert empty.stats.npts == 0
    assert np.ma.count_masked(masked.data) == 10


@pytest.mark.parametrize("location", ["--", "  "])
def test_a_blank_location_may_be_written(location: str) -> None:
    trace, expected = record(), record()
    trace.stats.location = location
    remove_response(trace, station())
    remove_response(expected, station())
    assert same(trace, expected)


def test_attached_responses_stand_for_an_inventory() -> None:
    """As in ObsPy; traces of one channel keep their own."""
    stream = Stream([record(), record(start=300), record("CI.BOM.BHN.")])
    for trace in stream:
        trace.stats.response = instrument.response(40.0)
    stream[1].stats.response.instrument_sensitivity.value *= 2
    stream[1].stats.response.response_stages[0].stage_gain *= 2
    expected = stream.copy().remove_response()
    reports = remove_response(stream, gaps="split")
    assert list(reports) == ["CI.BOM..BHZ", "CI.BOM..BHN"]
    for trace, reference in zip(stream, expected, strict=True):
        assert worst_error(Stream([trace]), Stream([reference])) < 1e-6
    with pytest.raises(NoResponseError, match="CI.BOM..BHZ at .* no response is attached"):
        remove_response(record())


def test_parameters_are_checked() -> None:
    trace, expected = record(), record()
    chosen = RemovalParameters(output="ACC", pre_filt=(0.02, 0.05, 15.0, 18.0))
    remove_response(trace, station(), chosen, output="disp")
    remove_response(expected, station(), output="DISP", pre_filt=np.array([0.02, 0.05, 15, 18]))
    assert same(trace, expected)
    for options, said in (
        ({"outptu": "ACC"}, "unknown field 'outptu' .did you mean 'output'"),
        ({"parameters": RemovalParameters(output="VELOCITY")}, "output is 'VELOCITY': must be one"),
        ({"pre_filt": (1, 2)}, "pre_filt is .*four frequencies"),
        ({"edges": "neighbours"}, "edges is 'neighbours': a stream has no other days"),
    ):
        with pytest.raises(BadRequestError, match=said):
            remove_response(record(), station(), **options)
    with pytest.raises(TypeError, match="the stream is list: must be an ObsPy Stream"):
        remove_response([record()], station())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="the inventory is str: must be an ObsPy Inventory"):
        remove_response(record(), "CI_BOM.xml")  # type: ignore[arg-type]
