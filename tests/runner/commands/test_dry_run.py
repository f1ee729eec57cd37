"""Dry runs: requests and their estimated cost."""

import json

import pytest

import run_lambda
from runner.costs.estimate import estimate
from shared.archive.channel_id import ChannelId

DAYS = ["response", "--dry-run", "--day"]
SOC = ChannelId("CI", "SOC", "HHZ")


def run(capsys, *options, status=0):
    assert run_lambda.main([*DAYS, *options]) == status
    return capsys.readouterr().out.splitlines()


def test_few_requests(capsys):
    *lines, count, cost = run(capsys, "2019,183..2019,185", "--output", "ACC")
    assert [json.loads(line) for line in lines] == [
        {"day": f"2019,{day}", "nscl": "CI.SOC.HHZ.", "output": "ACC"} for day in (183, 184, 185)
    ]
    assert count == "3 requests (1 channel, 3 days) for the function response-lambda"
    assert cost == estimate([SOC] * 3, queued=False).sentence()
    assert "$" in cost


def test_one_request(capsys):
    line, count, cost = run(capsys, "2019,183")
    assert json.loads(line) == {"day": "2019,183", "nscl": "CI.SOC.HHZ."}
    assert count == "1 request (1 channel, 1 day) for the function response-lambda"
    assert cost == estimate([SOC], queued=False).sentence()


def test_many_requests(capsys, tmp_path):
    nscl = ["--nscl", "CI.SOC.HHZ.", "CI.SOC.HHN."]
    *lines, more, count, cost = run(capsys, "2019,001..2019,365", *nscl)
    assert len(lines) == 20
    assert more == "... and 710 more: -o FILE writes all of them"
    assert count == "730 requests (2 channels, 365 days) for the function response-lambda"
    assert cost == estimate([SOC] * 730, queued=False).sentence()

    path = tmp_path / "requests.jsonl"
    wrote, *rest = run(capsys, "2019,001..2019,365", *nscl, "-o", str(path))
    assert wrote == f"wrote {path}"
    assert rest == [count, cost]
    written = path.read_text().splitlines()
    assert len(written) == 730
    assert written[:20] == lines
    again = ["response", "--dry-run", "--file", str(path)]
    assert run_lambda.main(again) == 0  # the output is a file of requests
    assert count in capsys.readouterr().out


def test_a_queue_costs_something_too(capsys):
    *_, count, cost = run(capsys, "2019,183..2019,185", "--queue", "jobs")
    assert count.endswith(" for the queue jobs")
    assert cost == estimate([SOC] * 3, queued=True).sentence()
    assert estimate([SOC], queued=True).dollars > estimate([SOC], queued=False).dollars


def test_no_one_is_asked_for_credentials(capsys, monkeypatch):
    monkeypatch.setattr("boto3.Session.client", lambda *_: pytest.fail("a client was made"))
    run(capsys, "2019,183", "--profile", "nobody")


def test_a_file_that_cannot_be_written(capsys, tmp_path):
    assert run(capsys, "2019,183", "-o", str(tmp_path), status=2) == []
