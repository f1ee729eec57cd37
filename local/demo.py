"""Both functions on one machine: the tutorials' own requests, their answers, and a picture.

An S3 server holds a small generated archive. Each function in turn is served by AWS's Runtime
Interface Emulator and gets the tutorial's request as the tutorial sends it.
"""

import argparse
import io
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import obspy
from obspy import Trace

from local.cloud.emulator import PROJECT, Emulator, EmulatorError
from local.cloud.s3_server import S3Server
from local.console import fail, say, step
from local.picture import draw
from local.synthetic.archive import DEMO_ARCHIVE, DEMO_CHANNELS, write_archive

BAND_HZ = (0.05, 20.0)
"""Where corrected and true motion are compared. Above, the default parameters, which are ObsPy's,
divide the digitizer's rounding by an anti-alias filter that passes next to nothing; below,
whatever drift there is by a seismometer that hardly hears it."""

_MARGIN = 0.05  # of the day at each end, where the taper is, left out of the comparison


def main() -> None:
    """Run the demo."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=int, default=9000, help="of the emulator")
    parser.add_argument("--output", type=Path, default=PROJECT / "build" / "demo", help="folder")
    options = parser.parse_args()
    if not shutil.which("curl"):
        fail("the demo sends one of its requests by curl, which is not installed")
    options.output.mkdir(parents=True, exist_ok=True)
    step("The archive: known ground motion through a real instrument, as SCEDC keeps it")
    archive = write_archive(DEMO_ARCHIVE, lambda line: step(f"  wrote {line}"))
    try:
        with S3Server() as s3:
            s3.put_folder(archive)
            step(f"S3 serves it: {s3.endpoint_url}")
            corrected = _remove_response(s3, options)
            windows = _read_windows(s3, options)
    except EmulatorError as error:
        fail(f"{error}; PORT=9010, say, names another")
    _finish(archive, corrected, windows, options.output)


def _remove_response(s3: S3Server, options: argparse.Namespace) -> Trace:
    """The tutorial's event through run_lambda.py; returns the object it wrote."""
    with _emulator("response", s3, options) as emulator:
        command = [sys.executable, "run_lambda.py", "--endpoint-url", emulator.endpoint_url]
        reply = json.loads(_run(command))
    say(json.dumps(reply, indent=2))
    step(f"In the bucket now: {reply['output_key']}")
    return obspy.read(io.BytesIO(s3.get(reply["output_key"])), format="MSEED")[0]


def _read_windows(s3: S3Server, options: argparse.Namespace) -> list[dict[str, Any]]:
    """The tutorial's request.json through curl, into output.json."""
    output = PROJECT / "output.json"
    with _emulator("timewindow", s3, options) as emulator:
        _run(["curl", "-sS", "-X", "POST", "-d", "@request.json", emulator.url, "-o", str(output)])
    windows: list[dict[str, Any]] = json.loads(output.read_text())
    for window in windows:
        say(f"  {json.dumps({**window, 'data': '...'})}")
    step(f"{len(windows)} windows in {output.name}")
    return windows


def _emulator(function: str, s3: S3Server, options: argparse.Namespace) -> Emulator:
    step(f"The {function} function behind the Runtime Interface Emulator, port {options.port}")
    log = (options.output / f"{function}.log").open("wb")
    return Emulator(function, s3.function_environment, options.port, log)


def _run(command: list[str]) -> str:
    """Run one of the commands that a user would type, and show it."""
    shown = ["python" if word == sys.executable else _short(word) for word in command]
    step(f"$ {' '.join(shown)}")
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode:
        fail(f"{' '.join(shown)}\n{done.stdout}{done.stderr}")
    return done.stdout


def _finish(archive: Path, corrected: Trace, windows: list[dict[str, Any]], output: Path) -> None:
    """Compare with the truth, draw the picture, say the result."""
    channel = DEMO_CHANNELS[0]
    truth = Trace(np.load(archive / channel.truth_path), corrected.stats)
    raw = obspy.read(str(archive / channel.waveform_key), format="MSEED")[0]
    error = _band(corrected) - _band(truth)
    relative = float(np.std(error) / np.std(_band(truth)))
    picture = draw(raw, corrected, truth, windows, output / "demo.png")
    say("")
    say(f"went in    ground velocity, peak {np.abs(truth.data).max():.3e} m/s")
    say(f"recorded   {raw.id}, {raw.stats.npts:,} samples, peak {np.abs(raw.data).max():,} counts")
    say(f"came out   ground velocity, peak {np.abs(corrected.data).max():.3e} m/s")
    say(f"error      {relative:.2e} of the true motion (rms, {BAND_HZ[0]} to {BAND_HZ[1]} Hz)")
    for window in windows:
        gaps = sum(gap["samples"] for gap in window["gaps"])
        name = "{network}.{station}.{location}.{channel}".format(**window)
        say(f"window     {name}, {len(window['data']):,} samples, {gaps} of them missing")
    say(f"picture    {_short(str(picture))}")
    if relative > 0.01:
        fail("the corrected motion is not the motion that went in")
    step("Done: both functions ran, and the ground motion was recovered.")


def _short(path: str) -> str:
    return path.replace(f"{PROJECT}/", "")


def _band(trace: Trace) -> npt.NDArray[np.float64]:
    """A trace's samples within the band of the comparison, without the day's ends."""
    margin = int(_MARGIN * trace.stats.npts)
    filtered = trace.copy().detrend("demean")
    filtered.filter("bandpass", freqmin=BAND_HZ[0], freqmax=BAND_HZ[1], zerophase=True)
    samples: npt.NDArray[np.float64] = filtered.data[margin:-margin]
    return samples


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        fail("interrupted")
