"""One deadline: the worst fault of S3 is an S3Error in time, with the key in it.

The time of an invocation is that of its context, less the time to answer. Every read, retry and
pause is within it, in direct, HTTP and batch calls alike. Real time passes while S3 stalls: so all
these invocations run at once, each with a station of its own.
"""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from local.cloud.s3_server import S3Server
from shared.aws import s3_client
from shared.invocation import reply_size
from tests.support import s3_faults
from tests.support.builders import (
    emptied,
    forget_objects,
    http_event,
    make_trace,
    noise,
    put_day,
    put_station,
)
from tests.support.commands import NO_ACCOUNT
from tests.support.faulty_s3 import FaultyS3, Respond, faulty_s3
from tests.support.invoked import (
    DAY,
    EVENTS,
    JOB,
    WINDOWS,
    Invoke,
    Invoked,
    events,
    job,
    sqs_event,
    window,
)

LEFT_S = 3.0

LOAD_S = 2.0
"""Allowance for the load of these tests themselves: see `tests/shared/aws` for exact times."""

LASTING = {
    "stall": s3_faults.stall,
    "stall in the body": s3_faults.stall_in_body,
    "stall in a refusal": s3_faults.stall_in_refusal,
    "drip": s3_faults.drip,
    "drip of the body": s3_faults.drip_body,
    "reset": s3_faults.reset,
    "reset in the body": s3_faults.reset_in_body,
    "storm of 503": s3_faults.slow_down,
}

WHERE = {"the day's HEAD": "HEAD", "the StationXML": "GET", "the result": "PUT"}

STALLED_DAYS = [f"2024-{month:02d}-{day:02d}" for month in (1, 2, 3) for day in range(1, 23)][:64]


@dataclass
class Case:
    """An invocation while S3 has a fault.

    Attributes:
        kind: the test.
        fault: the fault's name.
        how: the event or the request with the fault, by its name.
        options: attributes of the fault.
        left_s: the time of the invocation, in seconds.
        station: the station's code, which no other case has.
    """

    kind: str
    fault: str
    how: str = ""
    options: dict[str, Any] | None = None
    left_s: float = LEFT_S
    station: str = ""

    @property
    def nscl(self) -> str:
        return f"CI.{self.station}.BHZ."

    @property
    def key(self) -> str:
        return DAY.replace("BOM", self.station)

    def event(self) -> tuple[str, Any]:
        """Return the function's name and its event."""
        if self.kind == "days":
            windows = [
                window(self.nscl, Starttime=f"{day}T01:00:00", Endtime=f"{day}T01:00:10")
                for day in STALLED_DAYS
            ]
            return "timewindow", http_event(json.dumps({"Windows": windows}))
        if self.kind == "others":
            windows = [window(self.nscl[:-2] + component + ".") for component in "ZNE"]
            return "timewindow", {"Windows": windows}
        if self.kind == "batch":
            return "response", sqs_event(job(self.nscl), job(self.nscl))
        return events(self.nscl)[self.how]

    def respond(self) -> Respond:
        return LASTING[self.fault]


def cases() -> dict[tuple[str, str, str], Case]:
    """Return all cases, by their kind, fault and event."""
    job_, get = "a direct job", {"methods": ("GET",), "part": "{}__BHZ"}
    found = [Case("day", fault, event, get) for fault in LASTING for event in EVENTS]
    found += [Case("passing", fault, job_, {**get, "times": 1}, 7) for fault in LASTING]
    for fault in ("stall", "drip", "storm of 503"):
        found += [Case(where, fault, job_, {"methods": (WHERE[where],)}) for where in WHERE]
    for fault in ("stall", "drip of the body", "storm of 503"):
        found += [Case("batch", fault, "", get)]
    found += [Case("days", "stall", "", {"part": "{}__BHZ"}, 7)]
    found += [Case("others", "stall", "", get, 8)]
    for number, case in enumerate(found):
        case.station = f"A{number:02d}"
    return {(case.kind, case.fault, case.how): case for case in found}


CASES = cases()


@pytest.fixture(scope="module")
def done(s3_server: S3Server, invoke: Invoke) -> Iterator[dict[Any, Invoked]]:
    """The invocations of all cases."""
    data = noise(12_000)
    environment = {**NO_ACCOUNT, **s3_server.function_environment}
    with (
        pytest.MonkeyPatch.context() as patch,
        emptied(s3_server),
        faulty_s3(s3_server) as proxy,
        ThreadPoolExecutor(len(CASES)) as pool,
    ):
        for name, text in {**environment, "AWS_ENDPOINT_URL_S3": proxy.url}.items():
            patch.setenv(name, text)
        for case in CASES.values():
            if case.kind in ("passing", *WHERE):
                put_station(s3_server, "CI", case.station, BHZ=40.0)
            for component in "ZNE" if case.kind == "others" else "Z":
                nscl = f"CI.{case.station}.BH{component}."
                put_day(s3_server, nscl, "2024,001", make_trace(nscl, "2024-01-01", data))
            options = {"part": case.station, **(case.options or {})}
            options["part"] = options["part"].format(f"CI{case.station}")
            if case.kind == "the StationXML":
                options["part"] = f"CI_{case.station}.xml"
            proxy.add(case.respond(), **options)
        s3_client.forget_clients()
        forget_objects()
        for signed in (True, False):
            s3_client.client(signed)
        running = {
            name: pool.submit(invoke, *case.event(), left_s=case.left_s)
            for name, case in CASES.items()
        }
        yield {name: each.result() for name, each in running.items()}
    s3_client.forget_clients()


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("fault", LASTING)
def test_lasting_fault_of_the_day(done: dict[Any, Invoked], fault: str, event: str) -> None:
    invoked, key = done["day", fault, event], CASES["day", fault, event].key
    assert invoked.seconds < LEFT_S + LOAD_S
    assert invoked.error["type"] == "S3Error"
    assert f"s3://scedc-pds/{key}" in invoked.error["message"]
    assert invoked.error["object"] == f"s3://scedc-pds/{key}"


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("fault", ["stall", "drip", "storm of 503"])
def test_lasting_fault_of_any_request(done: dict[Any, Invoked], fault: str, where: str) -> None:
    name = (where, fault, "a direct job")
    assert done[name].seconds < LEFT_S + LOAD_S
    assert done[name].error["type"] == "S3Error"
    assert CASES[name].station in done[name].error["message"]


@pytest.mark.parametrize("fault", ["stall", "drip of the body", "storm of 503"])
def test_batch_is_reported_in_time(done: dict[Any, Invoked], fault: str) -> None:
    """The second message is not started, and returns to the queue, too."""
    invoked = done["batch", fault, ""]
    assert invoked.seconds < LEFT_S + LOAD_S
    assert invoked.answer == {
        "batchItemFailures": [{"itemIdentifier": "m0"}, {"itemIdentifier": "m1"}]
    }


@pytest.mark.parametrize("fault", LASTING)
def test_passing_fault_is_survived(done: dict[Any, Invoked], fault: str) -> None:
    assert done["passing", fault, "a direct job"].answer["samples"] == 12_000


def test_sixty_four_stalled_objects(done: dict[Any, Invoked]) -> None:
    invoked = done["days", "stall", ""]
    assert invoked.seconds < 7 + LOAD_S
    errors = [result["error"] for result in json.loads(invoked.answer["body"])]
    assert {error["type"] for error in errors} == {"S3Error"}
    assert len({error["object"] for error in errors}) == 64


def test_stalled_object_leaves_time_for_the_others(done: dict[Any, Invoked]) -> None:
    invoked = done["others", "stall", ""]
    assert invoked.seconds < 8 + LOAD_S
    assert ["error" in result for result in invoked.answer] == [True, False, False]


def test_large_reply_is_stored_in_time_or_not_at_all(
    s3: FaultyS3, invoke: Invoke, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reply_size, "MAX_REPLY_BYTES", 1_000)
    s3.add(s3_faults.stall, part="corrected-waveforms/windows")
    invoked = invoke("timewindow", WINDOWS, left_s=1.2)
    assert invoked.seconds < 1.2 + LOAD_S
    assert invoked.error["type"] == "S3Error"
    assert "s3://corrected-waveforms/windows/" in invoked.error["message"]


def test_ordinary_invocations_send_as_few_requests_as_ever(s3: FaultyS3, invoke: Invoke) -> None:
    assert invoke("response", JOB, left_s=60).answer["samples"] == 12_000
    kinds = [(method, path.partition("?")[0].split("/")[-1]) for method, path in s3.requests]
    name = DAY.rpartition("/")[2]
    assert sorted(kinds) == [("GET", name), ("GET", "CI_BOM.xml"), ("HEAD", name), ("PUT", name)]
    assert kinds[-1][0] == "PUT"
    s3.requests.clear()
    assert "data" in invoke("timewindow", WINDOWS, left_s=60).answer[0]
    assert [method for method, _ in s3.requests] == ["GET"]
