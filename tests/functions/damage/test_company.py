"""Row 4: a damaged object is one error in its place, and the rest of a request is answered."""

import json
from typing import Any

import pytest

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from tests.fuzz.ask import handler
from tests.fuzz.children import Limits, call
from tests.fuzz.damages import PAYLOADS, RECORDS, Damage
from tests.fuzz.examine import stationxml
from tests.fuzz.header_damages import ARCHIVES, NAMES, SAMPLING_RATES
from tests.fuzz.known_day import DAY, KEY, MIDNIGHT, NSCL, STATIONXML_KEY
from tests.fuzz.memory_s3 import MemoryS3
from tests.support.builders import http_event, make_trace, mseed, noise
from tests.support.timed_samples import window

SOUND = "CI.BOM.BHN."
SOUND_KEY = SCEDC.waveform_key(ChannelId.parse(SOUND), Day.parse(DAY))
CONTENT = mseed(make_trace(SOUND, f"{MIDNIGHT}", noise(4_000)))

ALL_DAMAGES = {
    damage.name: damage for damage in (*PAYLOADS, *RECORDS, *SAMPLING_RATES, *NAMES, *ARCHIVES)
}
NAMED = (
    "65,535 samples of INT32 in an object of one record", "blockettes at byte 65,000, first",
    "record length of 1 MiB, first", "a payload of zeros, middle", "512 leading zeros",
    "a NaN, middle", "a rate of 0 Hz, first", "a rate of infinity Hz in blockette 100, all",
    "a rate of NaN Hz in blockette 100, first", "a rate of 32,767 Hz, first",
    "a garbage sequence number, first", "a record of 300 bytes", "a zip of the day",
)  # fmt: skip


def replies(event: Any) -> list[dict[str, Any]]:
    reply = handler("timewindow")(event)
    return list(json.loads(reply["body"]) if "statusCode" in reply else reply)


@pytest.mark.parametrize("door", ["direct", "http"])
@pytest.mark.parametrize("damage", [ALL_DAMAGES[name] for name in NAMED], ids=NAMED)
def test_the_other_windows(damage: Damage, door: str, memory_s3: MemoryS3) -> None:
    memory_s3.put(KEY, damage.content)
    memory_s3.put(SOUND_KEY, CONTENT)
    memory_s3.put(STATIONXML_KEY, stationxml("DEF"))
    span = MIDNIGHT + 10, MIDNIGHT + 20
    request = {"Windows": [window(name, *span) for name in (SOUND, NSCL, SOUND)]}
    event = http_event(json.dumps(request)) if door == "http" else request
    ended = call(lambda: replies(event), Limits(seconds=10.0))
    assert ended.fault == ""
    assert ended.value
    first, _, last = ended.value
    assert first["data"] == last["data"] == noise(4_000)[400:801].tolist()
