"""Row 16 of docs/correctness.md: headers describe the windows of a file within their limits."""

import json
from typing import Any

import pytest

from shared.windows.headers import file_headers

GAP = {"starttime": "2024-01-01T00:00:00.000000Z", "endtime": "2024-01-01T00:00:01.000000Z"}
MAX_BYTES = 4_000
API_GATEWAY_BYTES = 10_240
"""All headers of a reply together."""


def window(gaps: int = 0, warnings: int = 0, **members: Any) -> dict[str, Any]:
    return {
        "network": "CI",
        "station": "BOM",
        "channel": "BHZ",
        "location": "",
        "units": "m/s",
        "gaps": [GAP] * gaps,
        **({"warnings": ["µ odd\n"] * warnings} if warnings else {}),
        **members,
    }


def failed(index: int = 0) -> dict[str, Any]:
    return {"window": index, **window(), "error": {"type": "NoWaveformError", "message": "x" * 999}}


def described(*windows: dict[str, Any]) -> list[dict[str, Any]]:
    headers = file_headers(windows, [each for each in windows if "error" in each])
    assert all(value.isascii() and "\n" not in value for value in headers.values())
    assert sum(len(name) + len(value) for name, value in headers.items()) < API_GATEWAY_BYTES
    assert len(headers["X-Windows"]) <= MAX_BYTES
    entries: list[dict[str, Any]] = json.loads(headers["X-Windows"])
    return entries


def test_windows_are_described_with_their_index() -> None:
    first, last = window(2, 1), window(pre_filt=(0.01, 0.02, 15.0, 18.0))
    assert described(first, failed(1), last) == [
        {"window": 0, **first},
        {"window": 2, **last, "pre_filt": [0.01, 0.02, 15.0, 18.0]},
    ]
    assert "X-Windows-Failed" not in file_headers([first], [])


def test_long_lists_become_their_lengths() -> None:
    """Gaps first, since warnings say more in less room."""
    (entry,) = described(window(gaps=100, warnings=3))
    assert entry["gaps"] == [{"omitted": 100}]
    assert entry["warnings"] == ["µ odd\n"] * 3
    (entry,) = described(window(gaps=1, warnings=1_000))
    assert entry["gaps"] == [{"omitted": 1}]
    assert entry["warnings"] == [{"omitted": 1_000}]
    assert entry["units"] == "m/s"


@pytest.mark.parametrize("gaps", [0, 1, 5, 100])
@pytest.mark.parametrize("count", [20, 500])
def test_very_many_windows_are_counted(count: int, gaps: int) -> None:
    *kept, last = described(*[window(gaps, gaps) for _ in range(count)])
    if "window" in last:
        kept.append(last)
    else:
        assert last == {"omitted": count - len(kept)}
    assert [entry["window"] for entry in kept] == list(range(len(kept)))
    assert len(kept) > 5
    assert all(entry["units"] == "m/s" for entry in kept)


def test_all_headers_fit_together() -> None:
    many = [failed(index) for index in range(100)]
    assert described(*many, *[window(5, 5) for _ in range(500)])


def test_a_window_that_never_fits_is_counted() -> None:
    assert described(window(parameters={"x": "y" * 5_000}), window()) == [{"omitted": 2}]
