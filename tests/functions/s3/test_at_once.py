"""A day's requests to S3 are sent at the same time, and the error that wins is always the same."""

import threading

import pytest

from local.cloud.s3_server import S3Server
from tests.support.builders import make_trace, noise, put_day
from tests.support.faulty_s3 import Exchange, FaultyS3, Forward, Respond, plain
from tests.support.invoked import DAY, JOB, NSCL, STATIONXML, Invoke

WAIT_S = 10


def together(requests: int) -> Respond:
    """Reply once as many requests wait for it, as S3 does; never to fewer."""
    barrier = threading.Barrier(requests)

    def reply(exchange: Exchange, forward: Forward) -> None:
        barrier.wait(WAIT_S)
        plain(exchange, forward)

    return reply


def test_object_head_and_stationxml(s3: FaultyS3, invoke: Invoke) -> None:
    fault = together(3)
    s3.add(fault, part=DAY)
    s3.add(fault, part=STATIONXML)
    assert invoke("response", JOB, left_s=60).answer["samples"] == 12_000
    assert sorted(method for method, _ in s3.requests) == ["GET", "GET", "HEAD", "PUT"]


def test_adjacent_days(archive: S3Server, s3: FaultyS3, invoke: Invoke) -> None:
    keys = [
        put_day(archive, NSCL, "2023,365", make_trace(NSCL, "2023-12-31T23:58:20", noise(4_000))),
        put_day(archive, NSCL, "2024,002", make_trace(NSCL, "2024-01-02", noise(4_000))),
    ]
    put_day(
        archive,
        NSCL,
        "2024,001",
        make_trace(NSCL, "2024-01-01", noise(4_000)),
        make_trace(NSCL, "2024-01-01T23:59:00", noise(2_400)),
    )
    fault = together(2)
    for key in keys:
        s3.add(fault, part=key, times=1)
    answer = invoke("response", {**JOB, "edges": "neighbours"}, left_s=60).answer
    assert answer["neighbours"] == [f"s3://scedc-pds/{key}" for key in keys]


@pytest.mark.parametrize("late", [DAY, STATIONXML])
def test_the_error_of_the_waveform_wins(
    archive: S3Server, s3: FaultyS3, invoke: Invoke, late: str
) -> None:
    """Both are missing, and either answer comes first."""
    for key in (DAY, STATIONXML):
        archive.client.delete_object(Bucket="scedc-pds", Key=key)
    answered = threading.Event()

    def first(exchange: Exchange, forward: Forward) -> None:
        plain(exchange, forward)
        answered.set()

    def second(exchange: Exchange, forward: Forward) -> None:
        assert answered.wait(WAIT_S)
        plain(exchange, forward)

    for key in (DAY, STATIONXML):
        s3.add(second if key == late else first, part=key)
    error = invoke("response", JOB, left_s=60).error
    assert error["type"] == "NoWaveformError"
    assert error["object"] == f"s3://scedc-pds/{DAY}"
