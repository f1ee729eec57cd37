"""Sixty channel days through a queue, despite a killed worker, a throttling S3 and poison messages.

The workers are emulators with the response function, each polled as Lambda's event source mapping
does. Messages that a worker reports as failed, or had when it was killed, come again.
"""

import io
import json
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import boto3
import numpy as np
import obspy
import pytest
from obspy import UTCDateTime

from local.cloud.emulator import Emulator
from local.cloud.event_source_mapping import MAX_RECEIVE_COUNT, Queues
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.support.builders import make_trace, noise, put_day, put_station
from tests.support.commands import Measured
from tests.support.queue_workers import Run, process_queue, start, waiting
from tests.support.throttle import Throttle

STATIONS = ("BOM", "HEC", "SOC")
DAYS = [Day(2024, number) for number in range(1, 21)]
RATE_HZ = 40.0
VISIBILITY_S = 15
"""Short, so that returned messages are soon visible again; longer than a batch takes."""

UNREADABLE = {"day": "2024,100", "nscl": "CI.BOM.BHZ."}
NO_STATIONXML = {"day": "2024,101", "nscl": "CI.NONE.BHZ."}
POISON = {
    "this is no JSON": "BadRequestError",
    json.dumps({"day": "2024,001", "nscl": "CI.BOM.BHZ.", "speed": "high"}): "BadRequestError",
    json.dumps({"day": "2024,300", "nscl": "CI.BOM.BHZ."}): "NoWaveformError",
    json.dumps(UNREADABLE): "UnreadableObjectError",
    json.dumps(NO_STATIONXML): "NoStationXMLError",
}


@pytest.fixture
def sqs(archive: S3Server) -> Any:
    return boto3.client("sqs", region_name="us-west-2")


@pytest.fixture
def queues(sqs: Any) -> Iterator[Queues]:
    made = Queues.create(sqs, "many-days", VISIBILITY_S)
    yield made
    for url in (made.jobs, made.dead_letters):
        sqs.delete_queue(QueueUrl=url)


@pytest.fixture
def requests(archive: S3Server) -> list[dict[str, str]]:
    """Requests for sixty channel days in the archive, where there are two bad days as well."""
    requests = []
    for number, station in enumerate(STATIONS):
        nscl = f"CI.{station}.BHZ."
        put_station(archive, "CI", station, BHZ=RATE_HZ)
        for day in DAYS:
            start = str(day.starttime + 0.0195)
            seed = 100 * number + day.day_of_year
            put_day(archive, nscl, str(day), make_trace(nscl, start, noise(3_000, seed)))
            requests.append({"day": str(day), "nscl": nscl})
    spoiled, channel = Day.parse(UNREADABLE["day"]), ChannelId.parse(UNREADABLE["nscl"])
    archive.put(SCEDC.waveform_key(channel, spoiled), b"<html>" * 99)
    nscl = NO_STATIONXML["nscl"]
    put_day(archive, nscl, NO_STATIONXML["day"], make_trace(nscl, "2024-04-10", noise(3_000)))
    return requests


def test_every_good_day_is_there_once_and_right_and_the_poison_has_its_reason(
    archive: S3Server,
    requests: list[dict[str, str]],
    sqs: Any,
    queues: Queues,
    output_keys: Callable[[], list[str]],
    measured: Measured,
) -> None:
    bodies = [json.dumps(request) for request in requests]
    bodies[10:10] = POISON  # in the middle of the others
    for body in bodies:
        sqs.send_message(QueueUrl=queues.jobs, MessageBody=body)
    run = Run()
    with ExitStack() as stack:
        throttle = stack.enter_context(Throttle())
        environment = {
            **archive.function_environment,
            "AWS_ENDPOINT_URL_S3": throttle.url,
            "AWS_MAX_ATTEMPTS": "2",
            "DEAD_LETTER_QUEUE_URL": queues.dead_letters,
            "MAX_RECEIVE_COUNT": str(MAX_RECEIVE_COUNT),
        }
        workers = [stack.enter_context(Emulator("response", environment)) for _ in range(3)]
        for worker in workers:
            start(worker)
        process_queue(sqs, queues, throttle, workers, run)

    # All disturbances took place.
    assert throttle.refused > 0
    assert run.returned >= 6
    assert run.lost > 0
    assert workers[0].process.poll() == -signal.SIGKILL

    assert waiting(sqs, queues.jobs) == 0
    assert sorted(output_keys()) == sorted(expected_key(request) for request in requests)
    errors = [relative_error(archive, request) for request in requests]
    measured(f"{len(errors)} days: worst {max(errors):.1e} of the peak, against ObsPy")
    assert max(errors) < 1e-6
    assert dead(sqs, queues.dead_letters) == POISON


def expected_key(request: dict[str, str]) -> str:
    day, channel = Day.parse(request["day"]), ChannelId.parse(request["nscl"])
    return SCEDC.waveform_key(channel, day).replace("continuous_waveforms", "noresp")


def relative_error(archive: S3Server, request: dict[str, str]) -> float:
    """Return the largest difference between the object and ObsPy's result, over the peak."""
    day, channel = Day.parse(request["day"]), ChannelId.parse(request["nscl"])
    raw = archive.get(f"s3://scedc-pds/{SCEDC.waveform_key(channel, day)}")
    xml = archive.get(f"s3://scedc-pds/{SCEDC.stationxml_keys('CI', channel.station)[0]}")
    expected = obspy.read(io.BytesIO(raw), format="MSEED")
    expected.remove_response(obspy.read_inventory(io.BytesIO(xml)))
    content = archive.get(f"s3://{OUTPUT_BUCKET}/{expected_key(request)}")
    (trace,) = obspy.read(io.BytesIO(content), format="MSEED")
    assert trace.stats.starttime == expected[0].stats.starttime
    assert trace.stats.starttime - UTCDateTime(day.starttime) < 1
    assert trace.stats.npts == expected[0].stats.npts
    difference = np.abs(trace.data - expected[0].data).max()
    return float(difference / np.abs(expected[0].data).max())


def dead(sqs: Any, queue_url: str) -> dict[str, str]:
    """Drain the dead-letter queue; return the error type of each message body.

    A message may be there twice, if its worker was killed between recording and reporting it.
    """
    error_types: dict[str, str] = {}
    origins: dict[str, str] = {}
    while received := sqs.receive_message(
        QueueUrl=queue_url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
    ).get("Messages"):
        for message in received:
            reason = {
                name: value["StringValue"] for name, value in message["MessageAttributes"].items()
            }
            assert len(reason["ErrorMessage"]) > 20
            assert origins.setdefault(message["Body"], reason["MessageId"]) == reason["MessageId"]
            error_types[message["Body"]] = reason["ErrorType"]
            sqs.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])
    return error_types
