"""The FDSN web services, asked by seisplotjs in a browser, from a page of another host.

The questions are those of data centres' conformance checks: versions, no data, networks, stations,
channels, lists, times, places, units, formats. The answers are known: `archive` states them.
"""

import json
import re
from typing import Any

import pytest

from shared.fdsnws.services import SERVICES
from tests.conformance.archive import EPOCH, LARGE, RATE, SAMPLES, SENSITIVITY, STATIONS, large
from tests.conformance.conftest import Answers
from tests.support.browser import PAGE

NETWORKS = ["CI", "NC"]
CI = ["CI.AAA", "CI.BBB"]
NC = ["NC.EAST", "NC.WEST"]
NO_DATA = [204, ""]
SPAN = [["CI.AAA.00.BHZ", "2024-01-01T00:10:00.000Z", "2024-01-01T00:19:59.975Z"]]
UNITS = [SENSITIVITY, "m/s", "counts"]


def samples(start: str, first: int, count: int) -> list[dict[str, Any]]:
    """Return a seismogram of CI.AAA.00.BHZ, whose samples are their own numbers."""
    last = first + count - 1
    codes = "CI.AAA.00.BHZ"
    return [
        {"codes": codes, "start": start, "rate": RATE, "count": count, "first": first, "last": last}
    ]


# From 00:11:00.013, so from the next sample, to 00:12:00, which is included.
A_MINUTE = samples("2024-01-01T00:11:00.025Z", 2401, 2400)

NOISE = large()
LARGE_SAMPLES = [
    {**each, "codes": "CI.AAA.00.BHN", "first": int(NOISE[0]), "last": int(NOISE[-1])}
    for each in samples("2024-01-01T00:10:00.000Z", 0, LARGE)
]

ANSWERS = {
    **{f"{name}: version": f"{service.version}\n" for name, service in SERVICES.items()},
    "availability: no data": NO_DATA,
    "availability: no data as 404": 404,
    "availability: spans": SPAN,
    "availability: extent": SPAN,
    "station: no data": NO_DATA,
    "station: no networks": [],
    "station: networks": NETWORKS,
    "station: networks without availability": NETWORKS,
    "station: networks that are open": NETWORKS,
    "station: stations": CI,
    "station: channels": ["CI.AAA.00.BHZ", "CI.AAA.00.BHN"],
    "station: two codes": CI,
    "station: stations by POST": ["CI.AAA", "NC.WEST"],
    "station: until now": 2,
    "station: simple and window times": CI,
    "station: times with Z and a fraction": [True, 200, "application/xml"],
    "station: dates end with Z": [["1926-01-01T00:00:00Z"] * 2, [EPOCH] * 4, [EPOCH] * 5],
    "station: over the date line": NC,
    "station: around a point": ["NC.EAST"],
    "station: units": [UNITS] * 3,
    "station: responses": [1],
    "dataselect: no data": NO_DATA,
    "dataselect: no records": [],
    "dataselect: the last minutes": [],
    "dataselect: format": [True, 200, "application/vnd.fdsn.mseed"],
    "dataselect: samples": A_MINUTE,
    "dataselect: samples of miniSEED 3": A_MINUTE,
    "dataselect: samples by POST": samples("2024-01-01T00:10:00.000Z", 0, SAMPLES),
    "dataselect: a large answer": [True, LARGE_SAMPLES],
    "dataselect: an error": [400, "text/plain", "Error 400: Bad Request"],
    "dataselect: a header that needs leave": 200,
    "event: no service": [404, "text/plain"],
}


@pytest.mark.parametrize("question", ANSWERS)
def test_answer(question: str, answers: Answers) -> None:
    assert answers[question] == {"answer": ANSWERS[question]}


def test_every_question_has_an_answer() -> None:
    script = (PAGE / "page.js").read_text(encoding="utf-8")
    assert sorted(re.findall(r'^  "([^"]+)": ', script, re.MULTILINE)) == sorted(ANSWERS)


def test_the_archive_has_what_the_questions_need() -> None:
    """Two stations in a network, and one on either side of the date line."""
    longitudes = [place[1] for place, *_ in STATIONS.values()]
    assert len({code for code, _ in STATIONS}) < len(STATIONS)
    assert max(longitudes) > 170
    assert any(-180 < each < -170 for each in longitudes)


def test_the_lock_pins_every_package_and_names_no_registry() -> None:
    lock = json.loads((PAGE / "package-lock.json").read_text(encoding="utf-8"))
    packages = {name: each for name, each in lock["packages"].items() if name}
    assert {"node_modules/seisplotjs", "node_modules/esbuild"} <= set(packages)
    for name, each in packages.items():
        assert each["integrity"].startswith("sha512-"), name
        assert "resolved" not in each, name
    stated = json.loads((PAGE / "package.json").read_text(encoding="utf-8"))["devDependencies"]
    assert stated == {
        name: packages[f"node_modules/{name}"]["version"] for name in ("esbuild", "seisplotjs")
    }
