"""The programs of `examples/`, run against S3 on this machine with the demo's archive."""

import importlib
import io
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import obspy
import pytest

from local.cloud.s3_server import S3Server
from local.synthetic.archive import DEMO_ARCHIVE, DEMO_CHANNELS, write_archive
from tests.support.commands import PROJECT, command_environment
from tests.support.sources import EXAMPLES, imports, name_of, parse

GAP = "2024-01-01T00:03:10.019500Z"


@pytest.fixture
def demo(archive: S3Server) -> S3Server:
    archive.put_folder(write_archive(DEMO_ARCHIVE, print))
    return archive


@pytest.fixture
def run(
    demo: S3Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., str]:
    """Runs an example against the demo's archive; returns its output."""
    for name, value in demo.function_environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")

    def run_example(name: str, *arguments: str) -> str:
        importlib.import_module(f"examples.{name}").main(*arguments)
        return capsys.readouterr().out

    return run_example


def true_peak(channel: str) -> float:
    """Return the largest ground velocity of a day before any instrument, in m/s."""
    (found,) = [each for each in DEMO_CHANNELS if channel in each.nscl]
    return float(np.abs(np.load(DEMO_ARCHIVE / found.truth_path)).max())


def test_every_program_is_described_and_has_a_test() -> None:
    package = importlib.import_module("examples")
    programs = {path.stem for path in EXAMPLES} - {"__init__"}
    described = set(re.findall(r"^(\w+)  +\w", str(package.__doc__), re.MULTILINE))
    tested = set(re.findall(r'run\(\n? *"(\w+)"', Path(__file__).read_text()))
    assert described == programs == tested


@pytest.mark.parametrize("path", EXAMPLES, ids=name_of)
def test_they_use_public_names_alone(path: Path) -> None:
    """Those of `__all__`, so that a user's program outlives a room's files."""
    for name in imports(parse(path)):
        package, _, rest = name.partition(".")
        if package == "shared":
            room, _, member = rest.partition(".")
            assert member in importlib.import_module(f"shared.{room}").__all__
        else:
            assert package not in ("local", "runner", "tests")


def test_windows_become_traces(run: Callable[..., str]) -> None:
    said = run("read_windows")
    assert "2 Trace(s) in Stream:\nCI.BOM..BHZ | 2024-01-01T00:00:59.994500Z" in said
    assert re.search(r"CI.BOM..BHN .* 12001 samples \(masked\)\n", said)
    assert "CI.BOM.BHX. from 2024-01-01T00:01:00.000000Z to 2024-01-01T00:06:00" in said
    peaks = dict(re.findall(r"CI.BOM..(BH.): peak ground velocity (\S+) m/s", said))
    assert peaks.keys() == {"BHZ", "BHN"}
    for channel, peak in peaks.items():
        assert float(peak) == pytest.approx(true_peak(channel), rel=0.1)


def test_obspys_own_stream_is_corrected(run: Callable[..., str]) -> None:
    said = run("correct_stream")
    band = re.search(r"band \((.*)\) Hz", said)
    assert band
    corners = [float(corner) for corner in band[1].split(", ")]
    expected = obspy.read().remove_response(
        obspy.read_inventory(), pre_filt=corners, water_level=None
    )
    lines = [f"{trace.id}: peak {abs(trace.data).max():.3e} m/s" for trace in expected]
    assert [line for line in said.splitlines() if "peak" in line] == lines


def test_a_corrected_day_is_opened(run: Callable[..., str], demo: S3Server) -> None:
    said = run("correct_day")
    key = "noresp_pre_filt-auto/2024/2024_001/CIBOM__BHN___2024001.ms"
    assert f"gap from {GAP} to 2024-01-01T00:03:29.994500Z: bridged" in said
    assert f"s3://corrected-waveforms/{key}\n" in said
    written = obspy.read(io.BytesIO(demo.get(f"s3://corrected-waveforms/{key}")))
    assert len(written) == 2  # the segments beside the gap
    for trace in written:
        assert f"{trace}, peak {abs(trace.data).max():.3e} m/s\n" in said
    demo.client.delete_object(Bucket="corrected-waveforms", Key=key)


def test_a_day_with_a_gap_is_drawn(run: Callable[..., str], tmp_path: Path) -> None:
    picture = tmp_path / "new" / "gap.png"
    said = run("draw_gap", str(picture))
    assert said == f"800 samples missing from {GAP}: bridged\ndrawn into {picture}\n"
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_they_are_programs(demo: S3Server) -> None:
    """As the package's docstring says, in the checkout's folder."""
    done = subprocess.run(
        [sys.executable, "-m", "examples.read_windows"],
        cwd=PROJECT,
        env=command_environment(**demo.function_environment),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "CI.BOM..BHZ: peak ground velocity" in done.stdout


def test_without_s3_each_error_is_one_line() -> None:
    nobody = "http://127.0.0.1:9"  # the port of the discard service, which is not there
    done = subprocess.run(
        [sys.executable, "-m", "examples.read_windows"],
        cwd=PROJECT,
        env=command_environment(AWS_ENDPOINT_URL_S3=nobody, AWS_MAX_ATTEMPTS="1"),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "")
    lines = done.stdout.splitlines()
    assert [line[:11] for line in lines] == ["CI.BOM.BHZ.", "CI.BOM.BHN.", "CI.BOM.BHX."]
    assert all("could not read s3://scedc-pds/" in line for line in lines)
