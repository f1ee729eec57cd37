"""Results in hand: the command `fetch`."""

import json
import shlex
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import run_lambda
from local.cloud.s3_server import OUTPUT_BUCKET, S3Server
from shared.corrected_days.request import CorrectedDayRequest
from tests.support.builders import make_trace, noise, put_day
from tests.support.fetched import NSCL, NUMBERS, Files, put, request
from tests.support.results import line

DAYS = ["--day", "2019,183..2019,185", "--nscl", NSCL]
NAMES = [f"CISOC__HHZ___2019{number}.ms" for number in NUMBERS]


def fetch(*options: str, status: int = 0) -> None:
    assert run_lambda.main(["fetch", *options]) == status


def test_days_and_channels_in_the_layout_of_the_archive(
    bucket: S3Server, folder: Path, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(*DAYS)
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.startswith("3 requests in ")
    assert said.out.endswith(" s: 3 fetched, 0 failed\nresults in corrected\n")
    names = [f"noresp/2019/2019_{n}/CISOC__HHZ___2019{n}.ms" for n in NUMBERS]
    assert files("corrected") == names
    assert [(folder / "corrected" / name).read_text() for name in names] == [
        "day 183",
        "day 184",
        "day 185",
    ]
    for name in names:
        described = json.loads((folder / "corrected" / f"{name}.json").read_text())
        assert described["uri"] == f"s3://{OUTPUT_BUCKET}/{name}"


def test_the_same_line_resumes(
    bucket: S3Server, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fetch(*DAYS)
    capsys.readouterr()
    fetch(*DAYS)
    said = capsys.readouterr().out
    assert "0 fetched, 0 failed, 3 skipped (already fetched)" in said
    bucket.client.put_object(Bucket=OUTPUT_BUCKET, Key=request(184).output_key, Body=b"day xyz")
    fetch(*DAYS)
    assert "1 fetched, 0 failed, 2 skipped" in capsys.readouterr().out
    assert (folder / "corrected" / request(184).output_key).read_bytes() == b"day xyz"


def test_parameters_are_part_of_the_key(bucket: S3Server, files: Files) -> None:
    put(bucket, 183, output="ACC")
    fetch("--day", "2019,183", "--nscl", NSCL, "--output", "ACC")
    assert files("corrected") == [request(183, output="ACC").output_key]


def test_wildcards_are_those_of_the_archive(
    bucket: S3Server, listable: S3Server, files: Files
) -> None:
    put_day(listable, NSCL, "2019,184", make_trace(NSCL, "2019-07-03", noise(100)))
    fetch("--day", "2019,184", "--nscl", "CI.SOC.*.*")
    assert files("corrected") == [request(184).output_key]


def test_a_missing_result_is_named(
    bucket: S3Server, files: Files, capsys: pytest.CaptureFixture[str]
) -> None:
    bucket.client.delete_object(Bucket=OUTPUT_BUCKET, Key=request(184).output_key)
    fetch(*DAYS, status=1)
    said = capsys.readouterr()
    uri = f"s3://{OUTPUT_BUCKET}/{request(184).output_key}"
    assert f"failed: NoResult: {uri} does not exist: correct the day first\n" in said.err
    assert "2 fetched, 1 failed" in said.out
    assert [name.rpartition("/")[2] for name in files("corrected")] == [NAMES[0], NAMES[2]]


def test_a_results_file(bucket: S3Server, folder: Path, files: Files) -> None:
    """One result may have any key; of a queued request, the key is known; of a failure, none is."""
    bucket.client.put_object(Bucket=OUTPUT_BUCKET, Key="some/day.ms", Body=b"x")
    lines = [
        line(request(182).as_dict(), output_key=f"s3://{OUTPUT_BUCKET}/some/day.ms"),
        line(request(183).as_dict(), message_id="m"),
        line(request(184).as_dict(), error={"type": "NoWaveformError", "message": "none"}),
    ]
    (folder / "week.jsonl").write_text("".join(lines))
    fetch("--results", "week.jsonl", "--download", "week")
    assert files("week") == [request(183).output_key, "some/day.ms"]
    (folder / "week.jsonl").rename(folder / "results.jsonl")
    fetch("--download", "again")  # the default
    assert files("again") == files("week")


def test_sds_is_read_by_obspy_with_the_printed_line(
    archive: S3Server,
    folder: Path,
    files: Files,
    day: S3Server,
    capsys: pytest.CaptureFixture[str],
) -> None:
    trace = make_trace("CI.BOM.BHZ.", "2024-01-01T00:00:00", noise(100))
    key = CorrectedDayRequest.parse({"day": "2024,001", "nscl": "CI.BOM.BHZ."}).output_key
    trace.write(folder / "day.ms", format="MSEED")
    body = (folder / "day.ms").read_bytes()
    archive.client.put_object(Bucket=OUTPUT_BUCKET, Key=key, Body=body)
    fetch(*shlex.split("--day 2024,001 --nscl CI.BOM.BHZ. --layout sds --download sds"))
    assert files("sds") == ["2024/CI/BOM/BHZ.D/CI.BOM..BHZ.D.2024.001"]
    stats = trace.stats
    (line,) = capsys.readouterr().err.splitlines()
    names: dict[str, Any] = {}
    exec(line.removeprefix("open them with: "), names)
    stream = names["client"].get_waveforms("CI", "BOM", "*", "BHZ", stats.starttime, stats.endtime)
    assert stream[0].data.tolist() == trace.data.tolist()


@pytest.mark.parametrize(
    ("lines", "options", "message"),
    [
        ("", [], "results.jsonl has no results"),
        (None, [], "there is no results file results.jsonl: name one with --results"),
        ("183 ../../x", [], "its key leads out of corrected"),
        ("183 x/y 184 x/y", [], ""),
        ("183 x/y 183ACC x/z", ["--layout", "sds"], "would both be corrected/2019/CI/SOC/HHZ.D"),
    ],
)
def test_nothing_is_fetched(
    bucket: S3Server,
    folder: Path,
    files: Files,
    fails: Callable[..., str],
    lines: str | None,
    options: list[str],
    message: str,
) -> None:
    words = iter((lines or "").split())
    text = ""
    for word in words:
        day = request(int(word[:3]), **({"output": "ACC"} if "ACC" in word else {}))
        text += line(day.as_dict(), output_key=f"s3://{OUTPUT_BUCKET}/{next(words)}")
    if lines is not None:
        (folder / "results.jsonl").write_text(text)
    if not message:  # the same object twice is fetched
        bucket.client.put_object(Bucket=OUTPUT_BUCKET, Key="x/y", Body=b"x")
        fetch(*options)
        return
    assert message in fails("fetch", *options, status=2)
    assert files("corrected") == []


def test_the_bucket_must_be_known(
    folder: Path, fails: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "give --output-bucket BUCKET" in fails("fetch", *DAYS, status=2)
    (folder / "results.jsonl").write_text(line(request(183).as_dict(), message_id="m"))
    assert "has queued requests, but not the bucket" in fails("fetch", status=2)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ("--function-name x fetch", "--function-name is for calling functions"),
        ("-o x fetch", "-o is for calling functions"),
        ("fetch --day 2019,183", "--day and --nscl: give both"),
        ("fetch --day 2019,183 --nscl CI.SOC.HHZ. --results x", "give one or the other"),
        ("fetch --layout flat", "invalid choice: 'flat'"),
        ("response --layout sds", "name the folder with --download"),
        ("response --download x --queue q", "get them by the command fetch"),
    ],
)
def test_contradicting_options(
    options: str, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(shlex.split(options))
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


def test_local_needs_no_credentials_and_no_bucket(bucket: S3Server, files: Files) -> None:
    fetch("--day", "2019,184", "--nscl", NSCL, "--local", str(bucket.port - 1))
    assert files("corrected") == [request(184).output_key]
