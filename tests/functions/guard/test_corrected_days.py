"""Row 4: a bug in an adjacent day costs its samples, not the day, and one message is one failure.

The truth is the day corrected without the adjacent day.
"""

import json
from typing import Any

import numpy as np
import pytest

from local.cloud.s3_server import S3Server
from shared.archive.scedc import SCEDC
from tests.support.builders import http_event, make_trace, noise, put_day, put_station
from tests.support.front_doors import ask_day
from tests.support.injected_faults import FAULTS, INTERNALS, inject
from tests.support.timed_samples import DAY, MIDNIGHT, Handler

NSCL = "CI.BOM.BHZ."
BEFORE = "2023,365"
KEY_BEFORE = "continuous_waveforms/2023/2023_365/CIBOM__BHZ___2023365.ms"
COUNTS = noise(12_000)
OPTIONS: dict[str, Any] = {"edges": "neighbours", "pre_filt": [0.2, 0.5, 15.0, 18.0]}
READ = "shared.corrected_days.adjacent_days:read_span"


@pytest.fixture
def days(archive: S3Server) -> S3Server:
    """The minutes before and after a midnight, and their metadata."""
    put_day(archive, NSCL, BEFORE, make_trace(NSCL, str(MIDNIGHT - 200), COUNTS[:8_000]))
    put_day(archive, NSCL, DAY, make_trace(NSCL, str(MIDNIGHT), COUNTS[8_000:]))
    put_station(archive, "CI", "BOM", BHZ=40.0)
    return archive


@pytest.mark.parametrize("fault", [*FAULTS[:2], MemoryError()], ids=repr)
@pytest.mark.parametrize(
    ("seam", "about"),
    [(READ, "2023_365"), ("shared.corrected_days.adjacent_days:join", "BHZ")],
)
def test_an_adjacent_days_bug_is_a_warning(
    seam: str,
    about: str,
    fault: Exception,
    days: S3Server,
    response_handler: Handler,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    inject(monkeypatch, seam, fault, about)
    answer = ask_day(response_handler, days, NSCL, **OPTIONS)
    assert answer.error == ""
    (warning,) = [text for text in answer.warnings if KEY_BEFORE in text]
    assert ("memory" if isinstance(fault, MemoryError) else "our fault") in warning
    assert not any(text in json.dumps(answer.reply) for text in INTERNALS)


def test_the_days_samples_are_those_without_the_adjacent_day(
    days: S3Server, response_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    both = ask_day(response_handler, days, NSCL, **OPTIONS)
    undo = inject(monkeypatch, READ, FAULTS[0], "2023_365")
    broken = ask_day(response_handler, days, NSCL, **OPTIONS)
    undo()
    days.client.delete_object(Bucket=SCEDC.bucket, Key=KEY_BEFORE)
    alone = ask_day(response_handler, days, NSCL, **OPTIONS)
    np.testing.assert_array_equal(broken.samples, alone.samples)
    assert not np.array_equal(both.samples, alone.samples)


@pytest.mark.parametrize("door", ["direct", "http"])
def test_a_bug_in_the_day_is_opaque_over_http(
    door: str, days: S3Server, response_handler: Handler, monkeypatch: pytest.MonkeyPatch
) -> None:
    inject(monkeypatch, "shared.corrected_days.correct:read_day", FAULTS[0], "BHZ")
    request = {"day": DAY, "nscl": NSCL}
    if door == "direct":
        with pytest.raises(type(FAULTS[0])):
            response_handler(request)
        return
    reply = response_handler(http_event(json.dumps(request)))
    assert reply["statusCode"] == 500
    assert not any(text in json.dumps(reply) for text in INTERNALS)
