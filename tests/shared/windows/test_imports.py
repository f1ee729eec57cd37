"""Modules that a removal and a window of ground motion load: none that take longer than they do."""

import json
import subprocess
import sys

from local.cloud.s3_server import S3Server
from tests.support.commands import PROJECT

PROGRAM = """
import json, sys
from shared.archive.scedc import SCEDC
from shared.response import remove_channel_response
from shared.windows import read_windows
from tests.support.recording import AUTO, window
from tests.support.response_removal import hour, parse, station

found = []
for npts in (1_000, 30_000):
    for values in ({"pre_filt": "auto", "water_level": None}, {"water_level": 60.0}):
        for output in ("VEL", "DEF"):
            report = remove_channel_response(hour(npts), station(), parse(**values, output=output))
            found.append(report.method)
(answer,) = read_windows([window(9_990, 33)], SCEDC, AUTO)
assert answer.trace is not None, answer.error
slow = [name for name in ("obspy.signal", "scipy", "matplotlib") if name in sys.modules]
print(json.dumps([found, slow]))
"""


def test_ordinary_work_loads_neither_obspy_signal_nor_scipy_nor_matplotlib(day: S3Server) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout.splitlines()[-1]) == [["fast"] * 8, []]
