"""Cases at which the fuzzers found faults, made small."""

from typing import Any

import pytest

from tests.fuzz import event_wrappers, events, records, stationxml
from tests.fuzz.ask import Question

_DAY, _DAY_BY_HTTP = Question("day"), Question("day", http=True)
_WINDOW, _WHOLE = Question("window"), Question("window", http=True, read="whole")
_MOTION = Question("motion", read="whole")
_VELOCITY = Question("day", output="VEL")
_SHORT = Question("motion", seconds=(61.0, 75.0))

_RECORDS: list[tuple[str, str, tuple[Any, ...], Question]] = [
    ("a time correction of a second", "steim2", ("put", 3624, b"\xff\xff\xd8\xf0"), _DAY),
    ("10,000 ticks", "steim1", ("put", 5148, b"'\x10"), _DAY),
    ("another minute", "steim2", ("flip", 53453), _DAY),
    ("another first sample", "steim2", ("put", 10820, bytes(4)), _WHOLE),
    ("another word of differences", "steim2", ("flip", 103352), _WINDOW),
    ("a word of Steim1", "steim1", ("flip", 75912), _WHOLE),
    ("another encoding", "steim1", ("put", 572, b"\x03"), _DAY),
    ("a multiplier of 2", "steim2", ("put", 3618, b"\x00\x02"), _DAY),
    ("a rate of 0", "steim2", ("put", 5152, bytes(2)), _WINDOW),
    ("a rate of 0 by HTTP", "steim2", ("put", 10272, bytes(2)), _WHOLE),
    ("a factor of -32,768", "steim2", ("put", 544, b"\x80\0"), _DAY),
    ("a multiplier of 32,767", "steim2", ("put", 12322, b"\x7f\xff"), _DAY),
    ("an infinite rate", "blockette 100", ("put", 11332, b"\x7f\x80\0\0"), _MOTION),
    ("65,535 samples", "int32", ("put", 13342, b"\xff\xff"), _DAY_BY_HTTP),
    ("less than a record", "4096 bytes", ("delete", 1363, 20480), _SHORT),
    ("less than a header's blockettes", "float32", ("delete", 191, 16384), _WHOLE),
    ("a sequence number", "blockette 100", ("flip", 46), _WHOLE),
    ("the first byte", "4096 bytes", ("insert", 0, 1), _SHORT),
    ("blockettes beyond the record", "float64", ("put", 46, b"\xff\xff"), _MOTION),
    ("a blockette beyond the record", "4096 bytes", ("put", 50, b"\xff\xff"), _DAY),
    (
        "a rate that leaves the day",
        "two lengths",
        ("put", 5154, b"\x80\0"),
        _VELOCITY,
    ),
]
_STATIONXML: list[tuple[str, str, tuple[Any, ...], Question]] = [
    ("a sensitivity of text", "VEL", ("text", 31, "true"), _VELOCITY),
    ("no sensitivity", "VEL", ("remove", 31), _VELOCITY),
    ("no sensitivity, by HTTP", "VEL", ("remove", 31), Question("day", http=True, output="VEL")),
    ("beyond 32 bits", "DEF", ("text", 31, "1e39"), Question("day", encoding="FLOAT32")),
    ("beyond 32 bits, SAC", "DEF", ("text", 31, "1e39"), Question("motion", form="sac")),
    ("a whole number of 400 digits", "VEL", ("text", 138, "9" * 400), _VELOCITY),
]
_WINDOW_REQUEST = {
    "Windows": [
        {
            "Network": "CI",
            "Station": "BOM",
            "Channel": "BHZ",
            "Starttime": "2024-01-01T00:00:40",
            "Endtime": "2024-01-01T00:01:15",
        }
    ]
}
_DAY_REQUEST = {"day": "2024,001", "nscl": "CI.BOM.BHZ."}
_EVENTS: list[tuple[str, events.Case]] = [
    (
        "a job of S3 Batch that is text",
        events.Case("response", "s3 batch", "", (((), _DAY_REQUEST),), ((("job",), "DISP"),)),
    ),
    (
        "half a character as the method",
        events.Case(
            "timewindow",
            "2.0",
            "",
            (((), _WINDOW_REQUEST),),
            ((("requestContext", "http", "method"), "\ud800"),),
        ),
    ),
    (
        "5,000 lists as the method",
        events.Case(
            "timewindow",
            "1.0",
            "",
            (((), _WINDOW_REQUEST),),
            ((("httpMethod",), event_wrappers.DEEP),),
        ),
    ),
    (
        "5,000 lists as the version of an S3 Batch event",
        events.Case(
            "response",
            "s3 batch",
            "",
            (((), _DAY_REQUEST),),
            ((("invocationSchemaVersion",), event_wrappers.DEEP),),
        ),
    ),
    (
        "half a character as a channel",
        events.Case(
            "timewindow",
            "direct",
            "",
            (((), _WINDOW_REQUEST), (("Windows", 0, "Channel"), "\ud800")),
            (),
        ),
    ),
]


def _case(fuzzer: Any, found: tuple[str, str, tuple[Any, ...], Question]) -> Any:
    name, what, edit, question = found
    case = fuzzer.Case(what, (edit,), question)
    return pytest.param(fuzzer, case, id=name)


CASES = [
    *(_case(records, found) for found in _RECORDS),
    *(_case(stationxml, found) for found in _STATIONXML),
    *(pytest.param(events, case, id=name) for name, case in _EVENTS),
]
"""Parameters of a test: the fuzzer and the case."""
