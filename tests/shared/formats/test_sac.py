"""Windows as SAC: ObsPy reads the samples of the windows back from the zip's files.

Row 16 of docs/correctness.md: the header and the name of a file say the unit and the place.
"""

import io
import json
import struct
import zipfile
import zlib

import numpy as np
import pytest

from shared.formats import FORMATS, sac
from shared.stations.place import Place
from shared.windows.reply import write_windows
from shared.windows.result import failed_windows
from tests.support.builders import make_trace, noise
from tests.support.window_results import SAMPLES, failure, read_sac, result, segments


@pytest.mark.parametrize("data", SAMPLES.values(), ids=SAMPLES)
def test_sac_is_the_samples(data):
    results = [result(data)]
    names, traces = read_sac(results)
    expected = segments(results)
    assert len(names) == len(expected)
    for name, got, wanted in zip(names, traces, expected, strict=True):
        time = wanted.stats.starttime.strftime("%Y%j.%H%M%S.%f")
        assert name == f"{wanted.id}.{time}.counts.sac"
        assert got.id == wanted.id
        assert got.stats.sampling_rate == pytest.approx(40.0, rel=1e-7)  # SAC has float32
        assert got.stats.starttime.ns == pytest.approx(wanted.stats.starttime.ns, abs=1000)
        np.testing.assert_array_equal(got.data, wanted.data.astype(np.float32))


def test_files_of_the_same_start_are_numbered():
    names, traces = read_sac([result(noise(10)), result(noise(20)), result(noise(30))])
    stem = "CI.BOM..BHZ.2024001.000000.019538.counts"
    assert names == [f"{stem}.sac", f"{stem}.2.sac", f"{stem}.3.sac"]
    assert [trace.stats.npts for trace in traces] == [10, 20, 30]


def test_the_zip_describes_all_windows():
    results = [failure("first"), result(noise(10)), failure("last")]
    with zipfile.ZipFile(io.BytesIO(write_windows(results, "sac").data)) as archive:
        assert json.loads(archive.read("errors.json")) == failed_windows(results)
        windows = json.loads(archive.read("windows.json"))
        assert windows == [each.description() for each in results]


# Word and byte offsets: https://ds.iris.edu/files/sac-manual/manual/file_format.html
FLOATS = {"stla": 31, "stlo": 32, "stel": 33, "stdp": 34, "cmpaz": 57, "cmpinc": 58, "scale": 3}
IDEP_WORD, KUSER0_BYTE = 86, 576
UNDEFINED = -12345.0


def header(units=None, place=None):
    """The fields of a SAC file's header, read without ObsPy; and the file's name."""
    trace = make_trace("CI.BOM.BHZ.", "2024-01-01", noise(10))
    if units is not None:
        trace.stats.units = units
    trace.stats.place = place
    with zipfile.ZipFile(io.BytesIO(FORMATS["sac"].write([trace], []).data)) as archive:
        (name,) = archive.namelist()
        content = archive.read(name)
    fields = {field: struct.unpack_from("<f", content, 4 * at)[0] for field, at in FLOATS.items()}
    fields["idep"] = struct.unpack_from("<i", content, 4 * IDEP_WORD)[0]
    fields["unit"] = content[KUSER0_BYTE : KUSER0_BYTE + 8].decode().strip()
    return fields, name


@pytest.mark.parametrize(
    ("units", "idep", "in_name"),
    [
        (None, 5, "counts"),
        ("m", 6, "m"),
        ("nm", 6, "nm"),
        ("m/s", 7, "m_s"),
        ("M/S", 7, "M_S"),
        ("nm/s", 7, "nm_s"),
        ("m/s**2", 8, "m_s2"),
        ("cm/s**2", 8, "cm_s2"),
        ("m/(s**2)", 8, "m_s2"),
        ("Pa", 5, "Pa"),
        ("m/m", 5, "m_m"),
        ("m**3/m**3", 5, "m3_m3"),
        ("%", 5, "unknown"),
        ("", 5, "unknown"),
    ],
)
def test_the_header_and_the_name_say_the_unit(units, idep, in_name):
    fields, name = header(units)
    assert fields["idep"] == idep
    assert fields["unit"] == ("counts" if units is None else units or "unknown")[:8]
    assert name == f"CI.BOM..BHZ.2024001.000000.000000.{in_name}.sac"
    assert fields["scale"] == 1.0


def test_the_header_says_the_place():
    fields, _ = header("m/s", Place(34.25, -117.5, 1234.0, 56.0, 90.0, -90.0))
    place = [fields[name] for name in ("stla", "stlo", "stel", "stdp", "cmpaz", "cmpinc")]
    assert place == [34.25, -117.5, 1234.0, 56.0, 90.0, 0.0]
    fields, _ = header("m/s", Place(34.25, -117.5, 1234.0, 56.0, None, None))
    assert [fields[name] for name in ("stdp", "cmpaz", "cmpinc")] == [56.0, UNDEFINED, UNDEFINED]
    fields, _ = header("counts")
    assert {fields[name] for name in FLOATS} == {UNDEFINED, 1.0}


@pytest.mark.parametrize("dtype", ["int32", "float32", "float64"])
@pytest.mark.parametrize("rate", [100.0, 40.0000038, 1 / 3, 0.001])
def test_a_file_is_that_of_obspy(dtype, rate):
    data = (np.random.default_rng(7).standard_normal(70_000) * 1e6).astype(dtype)
    trace = make_trace("CI.BOM.BHZ.00", "2024-02-29T23:59:59.987654Z", data, rate)
    file = io.BytesIO()
    trace.write(file, format="SAC", byteorder="<")
    expected = bytearray(file.getvalue())
    struct.pack_into("<i", expected, 4 * IDEP_WORD, 5)  # the kind and the unit are ours alone
    expected[KUSER0_BYTE : KUSER0_BYTE + 8] = b"counts  "
    with zipfile.ZipFile(io.BytesIO(FORMATS["sac"].write([trace], []).data)) as archive:
        assert archive.read(archive.namelist()[0]) == expected


def test_samples_beyond_a_direct_reply_are_stored(monkeypatch):
    traces = [make_trace("CI.BOM.BHZ.", f"2024-01-0{day}", noise(1_000)) for day in (1, 2)]
    for most, kind in ((2_000, zipfile.ZIP_DEFLATED), (1_999, zipfile.ZIP_STORED)):
        monkeypatch.setattr(sac, "_MOST_COMPRESSED", most)
        content = FORMATS["sac"].write(traces, [{"station": "BOM"}]).data
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            kinds = {entry.filename[-4:]: entry.compress_type for entry in archive.infolist()}
            for name, trace in zip(archive.namelist(), traces, strict=False):
                samples = np.frombuffer(archive.read(name), "<f4", offset=632)
                np.testing.assert_array_equal(samples, trace.data)
        assert kinds == {".sac": kind, "json": zipfile.ZIP_DEFLATED}


def test_samples_are_compressed():
    """Hardly larger than with the search for repeats, which takes more than half the time."""
    trace = make_trace("CI.BOM.BHZ.", "2024-01-01", noise(100_000))
    compressed = zlib.compress(trace.data.astype("<f4").tobytes(), 1)
    assert len(FORMATS["sac"].write([trace], []).data) < 1.1 * len(compressed)


def test_quiet_samples_take_no_more_room_where_it_decides_over_a_direct_reply():
    """Quiet counts do repeat: without the search, these take 16% more."""
    trace = make_trace("CI.BOM.BHZ.", "2024-01-01", noise(1_100_000, scale=20.0))
    searched = zlib.compress(trace.data.astype("<f4").tobytes(), 1)
    assert len(FORMATS["sac"].write([trace], []).data) < 1.02 * len(searched)
