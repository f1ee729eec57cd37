"""Run both functions on this machine: the tutorials' requests, their replies, and a picture.

A local S3 server holds a small synthetic archive. AWS's Runtime Interface Emulator serves each
function in turn, and each receives the tutorial's request exactly as the tutorial sends it.
"""

import argparse
import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import obspy
from obspy import Trace

from local.cloud.emulator import Emulator, EmulatorError
from local.cloud.s3_server import S3Server
from local.cloud.wsgi_server import PortError, listen
from local.command import run, shorten
from local.console import fail, say, step
from local.options import port
from local.picture import draw
from local.project import BUILD, PROJECT
from local.synthetic.archive import DEMO_ARCHIVE, DEMO_CHANNELS, write_archive
from runner.sending.local_services import DEFAULT_PORT

BAND_HZ = (0.05, 20.0)
"""The band in which corrected and true ground motion are compared.

Above it, ObsPy's default parameters divide the digitizer's rounding error by the tiny gain of an
anti-alias filter. Below it, they amplify drift at periods that the seismometer barely records.
"""

_HINT = "choose another port, such as PORT=9010"
_MAX_ERROR = 0.01  # rms of the error, relative to the true motion
_MARGIN = 0.05  # of the day at each end, where the taper is: not compared


def main() -> None:
    """Run the demo."""
    parser = argparse.ArgumentParser(prog="make demo", description=__doc__)
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="of the emulator")
    parser.add_argument("--output", type=Path, default=BUILD / "demo", help="folder for results")
    options = parser.parse_args()
    if not shutil.which("curl"):
        fail("the demo needs curl to send one of its requests, and curl is not installed")
    options.output.mkdir(parents=True, exist_ok=True)
    try:
        listen("127.0.0.1", options.port).close()  # before the archive is made for half a minute
    except PortError as error:
        fail(f"{error}; {_HINT}")
    step("The archive: known ground motion, recorded by a real instrument, under SCEDC's keys")
    archive = write_archive(DEMO_ARCHIVE, lambda line: step(f"  wrote {line}"))
    try:
        with S3Server() as s3:
            s3.put_folder(archive)
            step(f"S3 serves it: {s3.endpoint_url}")
            corrected = _remove_response(s3, options)
            windows = _read_windows(s3, options)
    except EmulatorError as error:
        fail(f"{error}; {_HINT}")
    _finish(archive, corrected, windows, options.output)


def _remove_response(s3: S3Server, options: argparse.Namespace) -> Trace:
    """Send the tutorial's event with run_lambda.py; return the corrected day from the bucket."""
    with _emulator("response", s3, options) as emulator:
        command = [sys.executable, "run_lambda.py", "--endpoint-url", emulator.endpoint_url]
        reply = json.loads(run(command))
    say(json.dumps(reply, indent=2))
    step(f"In the bucket now: {reply['output_key']}")
    return obspy.read(io.BytesIO(s3.get(reply["output_key"])), format="MSEED")[0]


def _read_windows(s3: S3Server, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Send the tutorial's request.json with curl; return the windows it wrote to output.json."""
    output = PROJECT / "output.json"
    with _emulator("timewindow", s3, options) as emulator:
        run(["curl", "-sS", "-X", "POST", "-d", "@request.json", emulator.url, "-o", str(output)])
    windows: list[dict[str, Any]] = json.loads(output.read_text())
    for window in windows:
        say(f"  {json.dumps({**window, 'data': '...'})}")
    step(f"{len(windows)} windows in {output.name}")
    return windows


def _emulator(function: str, s3: S3Server, options: argparse.Namespace) -> Emulator:
    step(f"The {function} function behind the Runtime Interface Emulator, port {options.port}")
    log = (options.output / f"{function}.log").open("wb")
    return Emulator(function, s3.function_environment, options.port, log)


def _finish(archive: Path, corrected: Trace, windows: list[dict[str, Any]], output: Path) -> None:
    """Compare the result with the true motion, draw the picture, and print the summary."""
    channel = DEMO_CHANNELS[0]
    truth = Trace(np.load(archive / channel.truth_path), corrected.stats)
    raw = obspy.read(str(archive / channel.waveform_key), format="MSEED")[0]
    true_band = _in_band(truth)
    error = float(np.std(_in_band(corrected) - true_band) / np.std(true_band))
    picture = draw(raw, corrected, truth, windows, output / "demo.png")
    say("")
    say(f"went in    ground velocity, peak {np.abs(truth.data).max():.3e} m/s")
    say(f"recorded   {raw.id}, {raw.stats.npts:,} samples, peak {np.abs(raw.data).max():,} counts")
    say(f"came out   ground velocity, peak {np.abs(corrected.data).max():.3e} m/s")
    say(f"error      {error:.2e} of the true motion (rms, {BAND_HZ[0]} to {BAND_HZ[1]} Hz)")
    for window in windows:
        gaps = sum(gap["samples"] for gap in window["gaps"])
        name = "{network}.{station}.{location}.{channel}".format(**window)
        say(f"window     {name}, {len(window['data']):,} samples, {gaps} of them missing")
    say(f"picture    {shorten(str(picture))}")
    if error > _MAX_ERROR:
        fail(f"the corrected motion differs from the true motion by more than {_MAX_ERROR:.0%}")
    step("Done: both functions ran, and the ground motion was recovered.")


def _in_band(trace: Trace) -> npt.NDArray[np.float64]:
    """Return a trace's samples, filtered to `BAND_HZ`, without both ends of the day."""
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
