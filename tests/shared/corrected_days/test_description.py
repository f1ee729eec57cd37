"""The description of a corrected day, in the reply and in the object's metadata."""

import dataclasses
import json

import pytest
from obspy import Stream

from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.corrected_days._description import object_metadata
from tests.support.corrected_days import KEY, write

DISPLACEMENT = {"output": "DISP", "pre_filt": [0.01, 0.02, 15, 18], "water_level": None}
STEPS = ["download", "read", "stationxml", "remove_response", "write", "upload"]


def test_the_reply_describes_the_day(archive: S3Server, day: Stream) -> None:
    reply = write(**DISPLACEMENT)

    assert reply["units"] == "m"
    assert reply["starttime"] == "2024-01-01T00:00:00.019536Z"
    assert reply["endtime"] == str(day[1].stats.endtime)
    assert (reply["samples"], reply["segments"], reply["sampling_rate"]) == (70_000, 2, 40.0)
    assert reply["parameters"] == {
        "output": "DISP",
        "pre_filt": (0.01, 0.02, 15.0, 18.0),
        "water_level": None,
        "taper_fraction": 0.05,
        "zero_mean": True,
        "encoding": "FLOAT32",
        "gaps": "bridge",
        "edges": "taper",
        "method": "fast",
    }
    assert reply["pre_filt"] == (0.01, 0.02, 15.0, 18.0)
    assert reply["method"] == "fast"
    (difference,) = (gap.pop("difference") for gap in reply["gaps"])
    assert abs(difference) < 1_000  # counts
    assert reply["gaps"] == [
        {
            "starttime": str(day[0].stats.endtime + 0.025),
            "endtime": str(day[0].stats.endtime + 248_000 * 0.025),
            "samples": 248_000,
            "why": "absent",
            "bridged": True,
            "done": "bridged",
        }
    ]
    taper_s = 0.025 * 318_000 * 0.025  # of the time from the first to the last sample
    start, end = day[0].stats.starttime, day[1].stats.endtime
    assert reply["tapered"] == [
        {"starttime": str(start), "endtime": str(start + taper_s - 0.025)},
        {"starttime": str(end - taper_s + 0.025), "endtime": str(end)},
    ]
    assert reply["neighbours"] == []
    assert reply["waveform"] == f"s3://scedc-pds/continuous_waveforms/{KEY}"
    assert reply["stationxml"] == "s3://scedc-pds/FDSNstationXML/CI/CI_BOM.xml"
    assert list(reply["seconds"]) == STEPS


def test_the_object_has_the_same_description(archive: S3Server, day: Stream) -> None:
    reply = write(**DISPLACEMENT)
    key = reply["output_key"].removeprefix(f"s3://{OUTPUT_BUCKET}/")
    head = archive.client.head_object(Bucket=OUTPUT_BUCKET, Key=key)
    assert head["ContentType"] == "application/vnd.fdsn.mseed"
    metadata = head["Metadata"]
    for name in ("units", "starttime", "endtime", "nscl", "day", "waveform", "stationxml"):
        assert metadata[name] == reply[name]
    assert float(metadata["sampling-rate"]) == 40.0
    assert int(metadata["samples"]) == 70_000
    assert int(metadata["segments"]) == 2
    assert json.loads(metadata["parameters"])["pre_filt"] == [0.01, 0.02, 15.0, 18.0]
    for name in ("pre_filt", "gaps", "tapered"):
        assert json.loads(metadata[name.replace("_", "-")]) == json.loads(json.dumps(reply[name]))
    assert list(json.loads(metadata["seconds"])) == STEPS[:-1]


def test_warnings_too_long_for_metadata_stay_in_the_reply(
    archive: S3Server, day: Stream, monkeypatch: pytest.MonkeyPatch
) -> None:
    from shared.corrected_days import correct

    real = correct.remove_channel_response
    notes = tuple(f"odd number {number} µ\n" for number in range(300))
    monkeypatch.setattr(
        correct,
        "remove_channel_response",
        lambda *values, **options: dataclasses.replace(real(*values, **options), warnings=notes),
    )
    reply = write()
    assert reply["warnings"] == list(notes)
    key = reply["output_key"].removeprefix(f"s3://{OUTPUT_BUCKET}/")
    metadata = archive.client.head_object(Bucket=OUTPUT_BUCKET, Key=key)["Metadata"]
    assert metadata["warnings"].startswith("300, too long")


def test_the_longest_list_makes_room_for_the_others() -> None:
    """Names and values have 2 KB together."""
    gap = {"starttime": "2024-01-01T00:00:00.000000Z", "endtime": "2024-01-01T00:00:01.000000Z"}
    description = {"units": "m/s", "warnings": ["odd"] * 5, "gaps": [gap] * 400, "tapered": [gap]}
    metadata = object_metadata({**description, "neighbours": ["s3://b/k"]})
    assert metadata["gaps"] == "400, too long for S3's metadata"
    for name in ("warnings", "tapered"):
        assert json.loads(metadata[name]) == description[name]
    assert json.loads(metadata["neighbours"]) == ["s3://b/k"]
    everything = {name: ["x" * 3_000] for name in ("warnings", "gaps", "tapered", "neighbours")}
    assert sum(len(name) + len(text) for name, text in object_metadata(everything).items()) < 2048


def test_the_metadata_name_the_content_that_was_read(archive: S3Server, day: Stream) -> None:
    """A warm container knows the StationXML, and its ETag as well."""
    for _ in range(2):
        key = write()["output_key"].removeprefix(f"s3://{OUTPUT_BUCKET}/")
        metadata = archive.client.head_object(Bucket=OUTPUT_BUCKET, Key=key)["Metadata"]
        etags = json.loads(metadata["etags"])
        sources = {"waveform": f"continuous_waveforms/{KEY}"}
        sources["stationxml"] = "FDSNstationXML/CI/CI_BOM.xml"
        for name, source in sources.items():
            head = archive.client.head_object(Bucket="scedc-pds", Key=source)
            assert etags[name] == head["ETag"].strip('"')
        assert etags["neighbours"] == []
