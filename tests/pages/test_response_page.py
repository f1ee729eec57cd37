"""The page about response removal, and the README's table of its parameters."""

import json
import re
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from runner.commands import arguments
from shared.corrected_days import adjacent_days
from shared.corrected_days.request import CorrectedDayRequest
from shared.response import bridging
from shared.response.parameters import ENCODINGS, UNITS, RemovalParameters
from tests.pages.typed import planned, values_in
from tests.support.commands import PROJECT
from tests.support.pages import code, page
from tests.support.served import Served

PAGE = page("docs/response.md")
BLOCKS, SECTIONS = PAGE.blocks, PAGE.sections
REPLY, SPEED = "The reply", "Speed and accuracy"

covers = PAGE.covers


@covers((REPLY, "json", 0))
def test_reply(served: Served, typed: Callable[..., str]) -> None:
    """Only the durations differ from the reply shown."""
    (request,) = [text for text in code(SECTIONS[REPLY]) if text.startswith("{")]
    assert json.loads(request) == arguments.SAMPLE  # run_lambda.py's default
    url = "http://localhost:9000/2015-03-31/functions/response/invocations"
    (reply,) = values_in(typed(f"curl -sS -d '{request}' {url}"))
    assert without_seconds(reply) == without_seconds(json.loads(BLOCKS[REPLY, "json", 0]))


def without_seconds(reply: dict[str, Any]) -> str:
    """Return a reply as text, which fixes the order of its members, without any durations."""
    assert all(isinstance(value, float) for value in reply["seconds"].values())
    return json.dumps({**reply, "seconds": list(reply["seconds"])}, indent=2)


def test_the_times_of_the_readme_are_those_of_the_table() -> None:
    motion = page("README.md").sections["Response removal"]
    (others, ours) = re.findall(r"([\d.]+) s\b", motion)
    _, _, measured, *_ = PAGE.table(SPEED)[0]
    in_the_table = re.search(r"\(([\d.]+) / ([\d.]+) s;", measured)
    assert in_the_table
    assert float(others) == round(float(in_the_table[1]), 1)
    assert ours == in_the_table[2]


def test_parameters() -> None:
    """Names, order, defaults and values of the README's table."""
    table = page("README.md").table("Response removal")
    rows = {code(name)[0]: (default, values) for name, default, values in table}
    defaults = {name: json.loads(code(default)[0]) for name, (default, _) in rows.items()}
    assert defaults == asdict(RemovalParameters())
    assert list(rows) == list(asdict(RemovalParameters()))
    outputs = re.findall(r'`"(\w+)"` \(([^)]+)\)', rows["output"][1])
    assert {name: unit.replace("²", "**2") for name, unit in outputs[:-1]} == UNITS
    assert outputs[-1][0] == "DEF"
    assert [json.loads(name) for name in code(rows["encoding"][1])] == list(ENCODINGS)

    # The example is valid.
    request = {
        "day": "2019,183",
        "nscl": "CI.SOC.HHZ.",
        "pre_filt": json.loads(code(rows["pre_filt"][1])[0]),
    }
    assert CorrectedDayRequest.parse(request).parameters.pre_filt == (0.005, 0.01, 35, 45)


def test_figures_of_gaps_and_midnight() -> None:
    assert "three hours" in " ".join(SECTIONS["Gaps"].split())
    assert bridging.MAX_BRIDGED_S == 3 * 3_600
    assert "twenty minutes" in " ".join(SECTIONS["Midnight"].split())
    assert adjacent_days.MARGIN_S == 20 * 60


def test_folders_of_results() -> None:
    request: dict[str, Any] = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
    assert "`noresp/`" in SECTIONS[REPLY]
    assert CorrectedDayRequest.parse(request).output_key.startswith("noresp/")
    (named,) = re.findall(r"`(noresp_\S+)/\.\.\.`", SECTIONS[REPLY])
    request.update(output="DISP", encoding="FLOAT64")
    assert CorrectedDayRequest.parse(request).output_key.startswith(f"{named}/")


@covers((SPEED, "sh", 0))
def test_make_bench() -> None:
    lines = planned(BLOCKS[SPEED, "sh", 0].removeprefix("make "))
    modules = re.findall(r"-m (benchmarks\.[\w.]+)", lines)
    assert modules == [
        "benchmarks.speed",
        "benchmarks.response.gap_picture",
        "benchmarks.response.gaps_and_edges",
        "benchmarks.windows.against_tutorial",
        "benchmarks.windows.margins",
        "benchmarks.memory.sweep",
    ]
    for module in modules:
        path = PROJECT / module.replace(".", "/")
        assert path.with_suffix(".py").is_file() or (path / "__main__.py").is_file()
    pictures = re.findall(r"build/benchmarks/(\w+\.png)", lines)
    assert all((PROJECT / "docs" / picture).is_file() for picture in pictures)
    assert pictures == ["gap.png", "parameters.png"]
