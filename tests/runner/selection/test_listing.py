"""Listing the channels of the archive."""

import pytest

from runner.errors import RunError
from runner.selection.day_ranges import parse_days
from runner.selection.listing import list_days
from runner.sending.target import Target
from shared.archive import scedc
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.settings import ARCHIVE_BUCKET

DAY, NEXT_DAY = Day(2019, 183), Day(2019, 184)
CHANNELS = ["CI.SOC.HHE.", "CI.SOC.HHZ.", "CI.SOC.HNZ.2C", "CI.SOCX.HHZ.", "CE.13884.HNZ.10"]


@pytest.fixture
def public(listable):
    """The archive with a few days; anyone may list it."""
    for nscl in CHANNELS:
        listable.put(scedc.waveform_key(ChannelId.parse(nscl), DAY), b"x")
    listable.put(scedc.waveform_key(ChannelId.parse("CI.SOC.HHZ."), NEXT_DAY), b"x")
    return listable


@pytest.fixture
def client(public):
    return Target("response").archive_client()


def listed(client, prefixes):
    found = list_days(client, ARCHIVE_BUCKET, prefixes, lambda: None)
    return {day: [channel.nscl for channel in one.channels] for day, one in found.items()}


@pytest.mark.parametrize(
    ("prefixes", "channels"),
    [
        (["CISOC__HH"], ["CI.SOC.HHE.", "CI.SOC.HHZ."]),
        (["CISOC__"], ["CI.SOC.HHE.", "CI.SOC.HHZ.", "CI.SOC.HNZ.2C"]),
        (["CISOC"], ["CI.SOCX.HHZ.", "CI.SOC.HHE.", "CI.SOC.HHZ.", "CI.SOC.HNZ.2C"]),
        (["CISOC__HHZ", "CISOC__HHE", "CISOC__HHZ"], ["CI.SOC.HHE.", "CI.SOC.HHZ."]),
        (["CISOC__HHZ", "CISOC__HH", "CE"], ["CE.13884.HNZ.10", "CI.SOC.HHE.", "CI.SOC.HHZ."]),
        (["", "CI"], ["CE.13884.HNZ.10", "CI.SOCX.HHZ.", *CHANNELS[:3]]),
        (["AZ"], []),
    ],
)
def test_names_that_begin_alike(client, prefixes, channels):
    assert listed(client, {DAY: prefixes}) == {DAY: channels}


def test_each_day_by_itself(client):
    done = []
    found = list_days(
        client, ARCHIVE_BUCKET, {NEXT_DAY: ["CI"], DAY: ["CE"]}, lambda: done.append(1)
    )
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
    assert sorted(listed(client, {DAY: [""]})[DAY]) == sorted(CHANNELS)
    assert len(set(pages)) == 3


def test_other_names_are_ignored_and_counted(client, public):
    folder = f"continuous_waveforms/{scedc.day_folder(DAY)}/"
    others = [
        "CISOC__HHZ___2019184.ms",  # another day
        "CISOC__HHZ___2019183.ms.bak",
        "CISOC__HHZ_19.ms",
        "CISOC__HHZ___2019183.ms/part",
        "CISOC______2019183.ms",
    ]
    for name in others:
        public.put(folder + name, b"x")
    found = list_days(client, ARCHIVE_BUCKET, {DAY: ["CISOC__"]}, lambda: None)[DAY]
    assert [channel.nscl for channel in found.channels] == CHANNELS[:3]
    assert sorted(found.ignored) == sorted(others)


def test_the_archive_is_listed_without_credentials(client, public, monkeypatch):
    signed = []
    client.meta.events.register(
        "before-send.s3", lambda request, **_: signed.append(request.headers.get("Authorization"))
    )
    listed(client, {DAY: ["CI"]})
    assert signed == [None]


def test_a_bucket_that_cannot_be_listed(client):
    with pytest.raises(RunError, match="could not list s3://absent/continuous_waveforms/2019"):
        list_days(client, "absent", {DAY: ["CI"]}, lambda: None)


def test_an_interruption_lists_no_further_day(client):
    """Days in the queue are cancelled."""
    asked = []
    client.meta.events.register("before-send.s3", lambda **_: asked.append(1))

    def interrupted():
        raise KeyboardInterrupt

    days = {day: ["CI"] for day in parse_days("2019,001..2019,365")}
    with pytest.raises(KeyboardInterrupt):
        list_days(client, ARCHIVE_BUCKET, days, interrupted)
    assert 1 <= len(asked) < 365
