"""Memory that a removal needs, and its refusal."""

import json
import os
import subprocess
import sys
from typing import Any

import numpy as np
import pytest
from obspy import Stream

from shared.errors import TooLargeError
from shared.response.removal import _OBSPY_BYTES, remove_channel_response
from tests.support.builders import make_trace, noise
from tests.support.commands import PROJECT, Measured
from tests.support.response_removal import NSCL, hour, parse, station


def test_obspys_way_is_refused_where_its_memory_does_not_suffice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Lambda would kill the process, and five times for a queued request, without a reason."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
    stream = hour()
    before = stream[0].data.copy()
    with pytest.raises(TooLargeError, match="CI.BOM..BHZ.* 144,000 samples at 40 Hz by O") as error:
        remove_channel_response(stream, station(), parse(method="obspy"))
    assert 'ask for "method": "fast", or give it more' in error.value.message
    np.testing.assert_array_equal(stream[0].data, before)


def test_a_sampling_rate_that_cannot_be_does_not_end_the_process(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A damaged header's rate would make the extension to zero a billion samples long."""
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "10240")
    stream = Stream([make_trace(NSCL, "2024-01-01T00:00:00.0195", noise(4_000))])
    damaged = Stream([make_trace(NSCL, "2024-01-01T12:00:00", noise(300))])
    damaged[0].stats.sampling_rate = 911_400.0
    with pytest.raises(TooLargeError, match=r"samples at 911400 Hz needs .* function has 10,240"):
        remove_channel_response(stream + damaged, station(), parse())


@pytest.mark.parametrize("values", [{}, {"pre_filt": [0.01, 0.02, 15, 18]}, {"water_level": None}])
def test_obspy_takes_the_memory_that_it_is_said_to(
    values: dict[str, Any], measured: Measured
) -> None:
    """A process of its own measures it, since memory freed by other tests would hide some."""
    default_malloc = {
        name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")
    }
    done = subprocess.run(
        [sys.executable, "-c", OBSPYS_MEMORY, json.dumps(values)],
        cwd=PROJECT,
        env={**default_malloc, "PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    used, points = map(int, done.stdout.split())
    measured(f"{values}: {used / points:.1f} bytes for each of {points:,} points")
    # A lower bound: a removal that is refused must not fit.
    assert 0.97 * _OBSPY_BYTES < used / points < 1.2 * _OBSPY_BYTES


OBSPYS_MEMORY = """
import json, sys
from pathlib import Path
from obspy.signal.util import _npts2nfft
from tests.support.response_removal import hour, parse, station
from shared.response.removal import _OBSPY_BYTES, remove_channel_response

def kilobytes(name):
    text = Path("/proc/self/status").read_text()
    return next(int(line.split()[1]) for line in text.splitlines() if line.startswith(name))

values = json.loads(sys.argv[1])
remove_channel_response(hour(), station(), parse(method="obspy"))  # imports everything it needs
stream = hour(3_456_000)
Path("/proc/self/clear_refs").write_text("5")  # resets the peak
before = kilobytes("VmRSS")
remove_channel_response(stream, station(), parse(method="obspy", **values))
print(1024 * (kilobytes("VmHWM") - before), _npts2nfft(3_456_000))
"""
