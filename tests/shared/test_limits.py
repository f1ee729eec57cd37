"""Limits of requests: their defaults, and values of the environment."""

import pytest

from shared import limits
from shared.errors import SettingsError


@pytest.mark.parametrize("name", limits.DEFAULTS)
def test_limits(monkeypatch, name):
    read = getattr(limits, name.lower())
    assert read() == limits.DEFAULTS[name]
    for text, expected in (
        ("", limits.DEFAULTS[name]),
        ("1", 1),
        ("007", 7),
        ("999999999", 999999999),
    ):
        monkeypatch.setenv(name, text)
        assert read() == expected


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "1e3", " 5", "many", "\u0665", "9" * 5_000])
def test_invalid_limits(monkeypatch, text):
    monkeypatch.setenv("MAX_WINDOWS", text)
    with pytest.raises(SettingsError, match="MAX_WINDOWS is .*: must be a whole num") as caught:
        limits.max_windows()
    assert caught.value.details == {"setting": "MAX_WINDOWS"}


@pytest.mark.parametrize(
    ("limit", "setting", "default"),
    [
        (limits.max_day, "MAX_DAY_MIB", 512),
        (limits.max_stationxml, "MAX_STATIONXML_MIB", 64),
        (limits.max_dataselect, "MAX_DATASELECT_MIB", 128),
    ],
)
def test_size_limits(monkeypatch, limit, setting, default):
    assert limit() == (default, setting)
    assert limit().size == default * 1024**2
    monkeypatch.setenv(setting, "1")
    assert limit().size == 1024**2
    for text in ("0", "-1", "1.5", "many", "1000000", "\u0663"):
        monkeypatch.setenv(setting, text)
        with pytest.raises(SettingsError, match=f"{setting} is .*: must be a whole number of MiB"):
            limit()


def test_index_days(monkeypatch):
    assert limits.max_index_days() == 400
    monkeypatch.setenv("MAX_INDEX_DAYS", "7")
    assert limits.max_index_days() == 7
    monkeypatch.setenv("MAX_INDEX_DAYS", "a week")
    with pytest.raises(SettingsError, match="MAX_INDEX_DAYS is 'a week': must be a whole number"):
        limits.max_index_days()
