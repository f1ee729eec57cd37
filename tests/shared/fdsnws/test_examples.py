"""The examples of the pages, by their setting."""

import pytest

from shared.errors import SettingsError
from shared.fdsnws.examples import Example
from shared.fdsnws.pages import usage_text
from shared.fdsnws.services import SERVICES


def test_the_default_is_of_the_default_archive() -> None:
    shown = Example.of_archive()
    assert shown.queries == {
        "dataselect": "query?net=CI&sta=BOM&loc=--&cha=BHZ"
        "&start=2024-01-01T00:00:00&end=2024-01-01T00:01:00",
        "station": "query?net=CI&sta=BOM&level=channel&format=text",
        "availability": "query?net=CI&sta=BOM&loc=--&cha=BHZ&start=2024-01-01&end=2024-01-02",
    }
    assert shown.window == (
        "/windows?Network=CI&Station=BOM&Channel=BHZ"
        "&Starttime=2024-01-01T00:00:00&Endtime=2024-01-01T00:01:00"
    )


def test_a_location_and_a_fraction_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAMPLE_WINDOW", "XX.A.10.HHZ 2022-12-31T23:59:30.500000Z")
    shown = Example.of_archive()
    times = "start=2022-12-31T23:59:30.5&end=2023-01-01T00:00:30.5"
    assert shown.queries["dataselect"] == f"query?net=XX&sta=A&loc=10&cha=HHZ&{times}"
    assert shown.queries["availability"].endswith("start=2022-12-31&end=2023-01-01")
    assert "&Location=10&" in shown.window
    assert shown.waveforms == (
        't = UTCDateTime("2022-12-31T23:59:30.5")\n'
        'print(client.get_waveforms("XX", "A", "10", "HHZ", t, t + 60))\n'
    )
    text = usage_text(SERVICES["dataselect"], "https://host").data
    assert shown.queries["dataselect"].encode() in text


@pytest.mark.parametrize(
    "text", ["CI.BOM..BHZ", "CI.BOM..BHZ tomorrow", "CI.BOM 2024-01-01", "a b c", " "]
)
def test_a_wrong_setting(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EXAMPLE_WINDOW", text)
    with pytest.raises(SettingsError, match="must be a channel and a time in UTC, such as 'CI"):
        Example.of_archive()
