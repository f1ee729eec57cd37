"""Listing the channels of the archive."""

from dataclasses import replace

import pytest

from runner.errors import RunError
from runner.selection.day_ranges import parse_days
from runner.selection.listing import list_days
from runner.sending.target import Target
from shared.archive.channel_id import ChannelId
from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

DAY, NEXT_DAY = Day(2019, 183), Day(2019, 184)
CHANNELS = ["CI.SOC.HHE.", "CI.SOC.HHZ.", "CI.SOC.HNZ.2C", "CI.SOCX.HHZ.", "CE.13884.HNZ.10"]


@pytest.fixture
def public(listable):
    """The archive with a few days; anyone may list it."""
    for nscl in CHANNELS:
        listable.put(SCEDC.waveform_key(ChannelId.parse(nscl), DAY), b"x")
    listable.put(SCEDC.waveform_key(ChannelId.parse("CI.SOC.HHZ."), NEXT_DAY), b"x")
    return listable


@pytest.fixture
def client(public):
    return Target("response").archive_client()


def patterns(*texts):
    return [ChannelPattern.parse(text) for text in texts]


def listed(client, day, *texts):
    found = list_days(client, SCEDC, {day: patterns(*texts)}, lambda: None)
    return {day: [channel.nscl for channel in one.channels] for day, one in found.items()}


@pytest.mark.parametrize(
    ("texts", "channels"),
    [
        (["CI.SOC.HH?.*"], ["CI.SOC.HHE.", "CI.SOC.HHZ."]),
        (["CI.SOC.*.*"], ["CI.SOC.HHE.", "CI.SOC.HHZ.", "CI.SOC.HNZ.2C"]),
        (["CI.SOC*.*.*"], ["CI.SOCX.HHZ.", "CI.SOC.HHE.", "CI.SOC.HHZ.", "CI.SOC.HNZ.2C"]),
        (["CI.SOC.HHZ.*", "CI.SOC.HHE.*", "CI.SOC.HHZ.*"], ["CI.SOC.HHE.", "CI.SOC.HHZ."]),
        (
            ["CI.SOC.HHZ.*", "CI.SOC.HH?.*", "CE.*.*.*"],
            ["CE.13884.HNZ.10", "CI.SOC.HHE.", "CI.SOC.HHZ."],
        ),
        (["*.*.*.*", "CI.*.*.*"], ["CE.13884.HNZ.10", "CI.SOCX.HHZ.", *CHANNELS[:3]]),
        (["AZ.*.*.*"], []),
    ],
)
def test_names_that_begin_alike(client, texts, channels):
    assert listed(client, DAY, *texts) == {DAY: channels}


def test_each_day_by_itself(client):
    done = []
    days = {NEXT_DAY: patterns("CI.*.*.*"), DAY: patterns("CE.*.*.*")}
    found = list_days(client, SCEDC, days, lambda: done.append(1))
    assert list(found) == [NEXT_DAY, DAY]
    assert [channel.nscl for channel in found[NEXT_DAY].channels] == ["CI.SOC.HHZ."]
    assert len(done) == 2


def test_listings_have_pages(client):
    """S3 lists a thousand names per page; here, two."""
    pages = []

    def two(params, **_):
        params["MaxKeys"] = 2
        pages.append(params.get("ContinuationToken"))

    client.meta.events.register("provide-client-params.s3.ListObjectsV2", two)
    assert sorted(listed(client, DAY, "*.*.*.*")[DAY]) == sorted(CHANNELS)
    assert len(set(pages)) == 3


def test_other_names_are_ignored_and_counted(client, public):
    folder = "continuous_waveforms/2019/2019_183/"
    others = [
        "CISOC__HHZ___2019184.ms",  # another day
        "CISOC__HHZ___2019183.ms.bak",
        "CISOC__HHZ_19.ms",
        "CISOC__HHZ___2019183.ms/part",
        "CISOC______2019183.ms",
    ]
    for name in others:
        public.put(folder + name, b"x")
    found = list_days(client, SCEDC, {DAY: patterns("CI.SOC.*.*")}, lambda: None)[DAY]
    assert [channel.nscl for channel in found.channels] == CHANNELS[:3]
    assert sorted(found.ignored) == sorted(others)


def test_the_archive_is_listed_without_credentials(client, public, monkeypatch):
    signed = []
    client.meta.events.register(
        "before-send.s3", lambda request, **_: signed.append(request.headers.get("Authorization"))
    )
    listed(client, DAY, "CI.*.*.*")
    assert signed == [None]


def test_a_bucket_that_cannot_be_listed(client):
    with pytest.raises(RunError, match="could not list s3://absent/continuous_waveforms/2019"):
        list_days(
            client, replace(SCEDC, bucket="absent"), {DAY: patterns("CI.*.*.*")}, lambda: None
        )


def test_an_interruption_lists_no_further_day(client):
    """Days in the queue are cancelled."""
    asked = []
    client.meta.events.register("before-send.s3", lambda **_: asked.append(1))

    def interrupted():
        raise KeyboardInterrupt

    days = {day: patterns("CI.*.*.*") for day in parse_days("2019,001..2019,365")}
    with pytest.raises(KeyboardInterrupt):
        list_days(client, SCEDC, days, interrupted)
    assert 1 <= len(asked) < 365
