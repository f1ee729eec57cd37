"""Times of fields that are numbers of seconds since 1970."""

import pytest
from obspy import UTCDateTime

from shared.archive.time import read_time
from shared.errors import BadRequestError
from shared.fields import Fields, Names

S = 10**9
START_NS = 1_704_067_500 * S  # 2024-01-01T00:05:00


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1704067500, START_NS),
        (1704067500.25, START_NS + S // 4),
        (1704067500.123456, START_NS + 123_456_000),
        (915148800.0, 915_148_800 * S),
    ],
)
def test_a_number_is_seconds_since_1970(value, expected):
    assert read_time(Fields({"start": value}, Names(["T"], {"start": "T"})), "T").ns == expected
    assert UTCDateTime(value).ns == pytest.approx(expected, abs=1000)


@pytest.mark.parametrize(
    "value",
    [20240101, 2024001, 2024010100, 20240101000500, 1.7e12, 0, -1, True, None, [1704067500]],
)
def test_a_number_that_may_be_a_date_is_refused(value):
    with pytest.raises(BadRequestError, match="T is .*must be text, such as"):
        read_time(Fields({"T": value}, ["T"]), "T")
