"""The table of parameters: values, and the requests and options that derive from it."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shared.errors import BadRequestError
from shared.fields import Fields
from shared.response.parameters import NAMES, PARAMETERS, RemovalParameters, as_text
from tests.support.commands import PROJECT


def parse(**values: Any) -> RemovalParameters:
    return RemovalParameters.parse(Fields(values, NAMES))


def test_defaults_are_those_of_obspy() -> None:
    assert parse() == RemovalParameters()
    assert parse().changed() == {}
    assert parse(water_level=60, taper_fraction=0.05).changed() == {}
    assert parse(pre_filt=[1, 2, 3, 4]).changed() == {"pre_filt": (1.0, 2.0, 3.0, 4.0)}


def test_the_default_water_level_depends_on_the_band() -> None:
    auto = parse(pre_filt="auto")
    assert auto.water_level is None
    assert auto == parse(pre_filt="auto", water_level=None) == RemovalParameters(pre_filt="auto")
    assert auto.changed() == {"pre_filt": "auto"}
    asked = parse(pre_filt="auto", water_level=60)
    assert asked.changed() == {"pre_filt": "auto", "water_level": 60.0}
    for pre_filt in (None, [1, 2, 3, 4]):
        assert parse(pre_filt=pre_filt).water_level == 60.0
        assert parse(pre_filt=pre_filt, water_level=None).changed()["water_level"] is None


def test_the_changed_parameters_give_the_same_ones() -> None:
    corners: Any
    for corners in (None, "auto", (1.0, 2.0, 3.0, 4.0)):
        for level in (None, 60.0, 30.0):
            values = RemovalParameters(pre_filt=corners, water_level=level)
            request = json.loads(json.dumps(values.changed()))
            assert parse(**request) == values


@pytest.mark.parametrize(
    "bad",
    [
        {"output": "velocity"},
        {"output": None},
        {"output": ["VEL"]},
        {"pre_filt": [1, 2, 3]},
        {"pre_filt": [4, 3, 2, 1]},
        {"pre_filt": [0, 0, 0, 0]},
        {"pre_filt": [0, 0, 10, 20]},
        {"pre_filt": [0, 1, 10, 10]},
        {"pre_filt": [-1, 2, 3, 4]},
        {"pre_filt": ["1", "2", "3", "4"]},
        {"pre_filt": [True, 2, 3, 4]},
        {"pre_filt": [1, 2, 3, float("nan")]},
        {"pre_filt": "automatic"},
        {"pre_filt": {}},
        {"water_level": "60"},
        {"water_level": True},
        {"water_level": -1},
        {"water_level": float("inf")},
        {"taper_fraction": 1.1},
        {"taper_fraction": -0.1},
        {"taper_fraction": None},
        {"zero_mean": 1},
        {"zero_mean": "true"},
        {"encoding": "INT32"},
        {"encoding": "STEIM2"},
        {"encoding": "float 32"},
        {"encoding": ["FLOAT32"]},
        {"method": "quick"},
        {"gaps": "join"},
        {"gaps": None},
        {"edges": "neighbour"},
        {"edges": True},
    ],
)
def test_bad_parameters_are_named(bad: dict[str, Any]) -> None:
    with pytest.raises(BadRequestError) as caught:
        parse(**bad)
    ((name, value),) = bad.items()
    assert name in caught.value.message
    assert repr(value) in caught.value.message
    assert "must be" in caught.value.message


def test_words_in_any_case_and_both_spellings_of_neighbours() -> None:
    words = {"output": "disp", "encoding": "float64", "gaps": "SPLIT", "method": "ObsPy"}
    right = {"output": "DISP", "encoding": "FLOAT64", "gaps": "split", "method": "obspy"}
    given = parse(**words, edges="Neighbors", pre_filt="AUTO")
    assert given == parse(**right, edges="neighbours", pre_filt="auto")
    by_name = {row.name: row for row in PARAMETERS}
    assert by_name["pre_filt"].from_words("Auto") == "auto"
    assert by_name["water_level"].from_words("None") is None


def test_every_default_is_a_value_that_requests_may_give() -> None:
    values = json.loads(json.dumps(RemovalParameters().as_dict()))
    assert list(values) == list(NAMES)
    assert parse(**values) == RemovalParameters()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ((0.005, 0.01, 35.0, 45.5), "0.005-0.01-35-45.5"),
        (None, "none"),
        (False, "false"),
        (60.0, "60"),
        (1e-07, "1e-07"),
        ("FLOAT64", "FLOAT64"),
    ],
)
def test_text_of_a_value(value: Any, text: str) -> None:
    assert as_text(value) == text


def test_names_and_options_are_unique() -> None:
    assert len(set(NAMES)) == len({row.option for row in PARAMETERS}) == len(PARAMETERS)


ROW = """    speed: str = field(default="low", metadata=choice(("low", "high"), "pace"))
"""
USE = """
import io, json
from contextlib import redirect_stdout

import run_lambda
from shared.corrected_days.request import CorrectedDayRequest
from shared.windows.request import WindowsRequest

sample = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
window = {
    "Network": "CI", "Station": "SOC", "Channel": "HHZ",
    "Starttime": "2019-07-02T00:00:00", "Endtime": "2019-07-02T00:01:00",
}
day = CorrectedDayRequest.parse({**sample, "speed": "high"})
windows = WindowsRequest.parse({"Windows": [window], "Output": "VEL", "speed": "high"})
printed = io.StringIO()
with redirect_stdout(printed):
    run_lambda.main(["response", "--speed", "high", "--dry-run"])
print(json.dumps({
    "day": day.parameters.speed,
    "key": day.output_key,
    "windows": windows.removal.speed,
    "sent": json.loads(printed.getvalue().splitlines()[0]),
}))
"""


def test_a_new_parameter_is_one_row(tmp_path: Path) -> None:
    """Both requests, the key of a result and the command line take a made-up parameter."""
    for folder in ("shared", "runner"):
        shutil.copytree(PROJECT / folder, tmp_path / folder)
    shutil.copy(PROJECT / "run_lambda.py", tmp_path)
    table = tmp_path / "shared" / "response" / "parameters.py"
    last = "    method: str = "
    before, found, after = table.read_text().partition(last)
    assert found
    table.write_text(f"{before}{ROW}{last}{after}")

    done = subprocess.run(
        [sys.executable, "-c", USE], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "day": "high",
        "key": "noresp_speed-high/2019/2019_183/CISOC__HHZ___2019183.ms",
        "windows": "high",
        "sent": {"day": "2019,183", "nscl": "CI.SOC.HHZ.", "speed": "high"},
    }
