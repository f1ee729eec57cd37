"""The synthetic archive: its records, their layout, and the true motion recovered from them."""

import io
from dataclasses import replace

import numpy as np
import obspy
import pytest
from obspy import Trace, UTCDateTime
from obspy.io.mseed.util import get_record_information

from local.synthetic import archive as synthetic_archive
from local.synthetic.archive import DEMO_ARCHIVE, DEMO_CHANNELS
from local.synthetic.channel_day import DemoChannel, Gap, counts, true_velocity
from local.synthetic.instrument import SENSITIVITY

SOC_HHZ, BOM_BHZ, BOM_BHN = DEMO_CHANNELS
KEYS = {
    SOC_HHZ: "continuous_waveforms/2019/2019_183/CISOC__HHZ___2019183.ms",
    BOM_BHZ: "continuous_waveforms/2024/2024_001/CIBOM__BHZ___2024001.ms",
    BOM_BHN: "continuous_waveforms/2024/2024_001/CIBOM__BHN___2024001.ms",
}
RECORD_LENGTH = 512


@pytest.fixture(scope="module")
def archive():
    """The whole archive of this version: the demo's if it exists, because writing takes long."""
    return synthetic_archive.write_archive(DEMO_ARCHIVE, print)


@pytest.fixture
def small(monkeypatch):
    """Reduce the archive to two tiny files, for tests of its completeness."""
    files = {"continuous_waveforms/x.ms": b"counts", "truth/x.npy": b"truth"}
    monkeypatch.setattr(synthetic_archive, "_files", files.items)


def test_archive_has_scedc_s_keys_and_the_truth_beside_them(archive):
    files = {str(path.relative_to(archive)) for path in archive.rglob("*") if path.is_file()}
    metadata = {"FDSNstationXML/CI/CI_SOC.xml", "FDSNstationXML/CI/CI_BOM.xml"}
    truth = {f"truth/{key.rpartition('/')[2][:-3]}.npy" for key in KEYS.values()}
    assert files == {*KEYS.values(), *metadata, *truth, "complete"}


@pytest.mark.parametrize(
    ("channel", "first", "last", "npts"),
    [
        (SOC_HHZ, "2019-07-02T00:00:00.008393", "2019-07-02T23:59:59.998393", 8_640_000),
        (BOM_BHZ, "2024-01-01T00:00:00.019500", "2024-01-01T23:59:59.994500", 3_456_000),
    ],
)
def test_full_days_are_full(archive, channel, first, last, npts):
    (trace,) = obspy.read(archive / KEYS[channel], headonly=True)
    assert (trace.stats.starttime, trace.stats.endtime) == (UTCDateTime(first), UTCDateTime(last))
    assert trace.stats.npts == npts
    assert trace.id == "{0}.{1}.{3}.{2}".format(*channel.nscl.split("."))
    assert trace.stats.sampling_rate == channel.sampling_rate


def test_day_with_a_gap_resumes_off_the_old_grid(archive):
    before, after = obspy.read(archive / KEYS[BOM_BHN])
    assert before.stats.starttime == UTCDateTime(2024, 1, 1, 0, 0, 0, 19500)
    assert before.stats.endtime == UTCDateTime(2024, 1, 1, 0, 3, 9, 994500)
    assert after.stats.starttime == UTCDateTime(2024, 1, 1, 0, 3, 30, 27000)
    assert after.stats.endtime == UTCDateTime(2024, 1, 1, 23, 59, 59, 977000)
    # From sample to sample: 20 s without data, one sample's step, and 0.3 of a sample.
    steps = (after.stats.starttime - before.stats.endtime) * 40
    assert steps == pytest.approx(801.3, abs=1e-6)


@pytest.mark.parametrize("channel", DEMO_CHANNELS, ids=lambda channel: channel.nscl)
def test_records_are_as_scedc_s(archive, channel):
    content = (archive / KEYS[channel]).read_bytes()
    assert len(content) % RECORD_LENGTH == 0
    end = UTCDateTime(0)
    for offset in range(0, len(content), 100 * RECORD_LENGTH):
        record = content[offset : offset + RECORD_LENGTH]
        assert record[6:8] == b"D "
        about = get_record_information(io.BytesIO(record))
        assert about["record_length"] == RECORD_LENGTH
        assert about["byteorder"] == ">"
        assert about["encoding"] == 11  # Steim2
        assert about["starttime"] > end
        end = about["endtime"]


@pytest.mark.parametrize("channel", DEMO_CHANNELS, ids=lambda channel: channel.nscl)
def test_truth_has_a_value_for_each_sample(archive, channel):
    truth = np.load(archive / channel.truth_path)
    stream = obspy.read(archive / KEYS[channel])
    assert truth.dtype == np.float32
    assert truth.shape == (sum(trace.stats.npts for trace in stream),)
    # Near 1 Hz the instrument is little more than a factor: the records look like the truth.
    recorded = np.concatenate([trace.data for trace in stream]) / SENSITIVITY
    peak = slice(np.abs(truth).argmax() - 100, np.abs(truth).argmax() + 100)
    assert np.abs(recorded[peak]).max() == pytest.approx(np.abs(truth[peak]).max(), rel=0.2)


def test_metadata_cover_the_records(archive):
    for channel, key in KEYS.items():
        station = channel.nscl.split(".")[1]
        inventory = obspy.read_inventory(archive / f"FDSNstationXML/CI/CI_{station}.xml")
        for trace in obspy.read(archive / key, headonly=True):
            response = inventory.get_response(trace.id, trace.stats.starttime)
            assert response.instrument_sensitivity.value == SENSITIVITY
    assert len(inventory[0][0]) == 2  # CI.BOM: both channels in one file


def test_obspy_finds_the_truth_to_the_digitizer_s_rounding(archive):
    stream = obspy.read(archive / KEYS[BOM_BHZ])
    inventory = obspy.read_inventory(archive / "FDSNstationXML/CI/CI_BOM.xml")
    # The filter passes the whole band of the ground motion, so the truth needs no filter.
    stream.remove_response(inventory, output="VEL", pre_filt=(0.002, 0.005, 16.0, 18.0))
    error = stream[0].data - np.load(archive / BOM_BHZ.truth_path)
    # remove_response tapers 5 % of the day, half of it at each end.
    inside = error[int(0.026 * error.size) : -int(0.026 * error.size)]
    in_counts = inside * SENSITIVITY
    # Rounding to whole counts is an error of 12**-0.5 = 0.29 counts rms and at most half a count
    # per sample, more after filtering. Measured: 0.28 rms, 0.93 at most; relative to the ground
    # motion, 0.4 % of its rms and 4e-5 of its peak.
    assert in_counts.std() < 0.31
    assert np.abs(in_counts).max() < 1.5


@pytest.fixture(scope="module")
def without_gap():
    channel = replace(BOM_BHN, gap=None)
    return true_velocity(channel), counts(channel)[0].data


def test_samples_before_the_gap_are_those_of_the_whole_day(archive, without_gap):
    velocity, data = without_gap
    before = obspy.read(archive / KEYS[BOM_BHN])[0]
    assert np.array_equal(before.data, data[:7600])
    truth = np.load(archive / BOM_BHN.truth_path)
    assert truth[:7600] == pytest.approx(velocity[:7600], rel=1e-6, abs=1e-15)


def test_samples_after_the_gap_lie_between_those_of_the_whole_day(archive, without_gap):
    truth = np.load(archive / BOM_BHN.truth_path)[7600:]
    recorded = obspy.read(archive / KEYS[BOM_BHN])[1].data
    velocity, data = without_gap
    # On the old grid they would be 2e-9 m/s off.
    assert (truth[:4000] - a_fraction_later(velocity)).std() < 1e-12
    # Two numbers are rounded to whole counts: (2 / 12)**0.5. On the old grid: 1.4 counts.
    assert (recorded[:4000] - a_fraction_later(data)).std() < 0.43


def a_fraction_later(whole_day: np.ndarray) -> np.ndarray:
    """Return the 4000 samples after the gap by interpolation, independent of the phase shift."""
    trace = Trace(whole_day[: 40 * 600].astype(np.float64), {"sampling_rate": 40.0})
    start = trace.stats.starttime + (8400 + 0.3) / 40
    trace.interpolate(40.0, "lanczos", starttime=start, npts=4000, a=100)
    return trace.data


def test_a_gap_may_leave_the_last_sample_in_the_day():
    # First sample at 5 ms: the last one, 0.3 of a sample later than 23:59:59.980, is in the day.
    channel = replace(BOM_BHN, first_sample=0.005, gap=Gap(1000.0, 7.0, 0.3))
    before, after = counts(channel)
    assert before.stats.npts + after.stats.npts == 3_456_000 - 7 * 40
    assert after.stats.endtime < UTCDateTime(2024, 1, 2)


def test_truth_and_counts_are_the_same_every_time(archive):
    trace = counts(BOM_BHZ)[0]
    assert trace.data.dtype == np.int32
    assert np.array_equal(trace.data, obspy.read(archive / KEYS[BOM_BHZ])[0].data)
    velocity = true_velocity(BOM_BHZ)
    assert velocity.dtype == np.float64
    assert np.array_equal(velocity.astype(np.float32), np.load(archive / BOM_BHZ.truth_path))


def test_earthquake_of_bom_is_in_the_first_five_minutes(archive):
    for channel in (BOM_BHZ, BOM_BHN):
        truth = np.load(archive / channel.truth_path)
        assert 75 < np.abs(truth).argmax() / 40 < 90


def test_a_complete_archive_is_left_as_it_is(archive):
    times = {path: path.stat().st_mtime_ns for path in archive.rglob("*")}
    lines: list[str] = []
    assert synthetic_archive.write_archive(archive, lines.append) == archive
    assert lines == []
    assert {path: path.stat().st_mtime_ns for path in archive.rglob("*")} == times


def test_a_broken_off_archive_is_not_complete(small, tmp_path):
    class BrokenOffError(Exception):
        pass

    def break_off(line: str) -> None:
        raise BrokenOffError(line)

    (tmp_path / "complete").write_text("of an older version")
    (tmp_path / "notes.txt").write_text("of another program")
    with pytest.raises(BrokenOffError):
        synthetic_archive.write_archive(tmp_path, break_off)
    assert not (tmp_path / "complete").exists()

    lines: list[str] = []
    synthetic_archive.write_archive(tmp_path, lines.append)
    assert [line.split()[0] for line in lines] == ["continuous_waveforms/x.ms", "truth/x.npy"]
    assert (tmp_path / "truth/x.npy").read_bytes() == b"truth"
    assert (tmp_path / "complete").exists()
    assert (tmp_path / "notes.txt").exists()
    assert not list(tmp_path.rglob(".*"))  # no half-written file


def test_another_version_is_overwritten(monkeypatch, small, tmp_path):
    synthetic_archive.write_archive(tmp_path, lambda _: None)
    monkeypatch.setattr(synthetic_archive, "DEMO_CHANNELS", (replace(BOM_BHZ, seed=7),))
    lines: list[str] = []
    synthetic_archive.write_archive(tmp_path, lines.append)
    assert len(lines) == 2


def test_an_unknown_sampling_rate_is_named():
    channel = DemoChannel("CI.BOM.LHZ.", "2024,001", 1.0, 0.0695, 1, None, None)
    with pytest.raises(ValueError, match=r"40\.0 or 100\.0 Hz, got 1.0"):
        counts(channel)
