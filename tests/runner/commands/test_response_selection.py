"""The command for channel days: requests from files and wildcards."""

import json

import pytest

import run_lambda
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC

pytestmark = pytest.mark.usefixtures("correcting")

REQUESTS = [{"day": f"2019,{day}", "nscl": "CI.SOC.HHZ."} for day in (183, 184)]


def test_files_of_requests(api, tmp_path):
    lines = ["2019,183 CI.SOC.HHZ.", "CI.SOC.HHN. 2019-07-02", json.dumps(REQUESTS[1])]
    (tmp_path / "days.txt").write_text("\n".join(lines))
    (tmp_path / "more.txt").write_text("CI PAS -- BHZ 2019-07-02 2019-07-04")
    options = ["response", "--file", "days.txt", "more.txt", "--output", "ACC"]
    assert run_lambda.main([*options, "--concurrency", "1"]) == 0
    assert api.events == [
        {"day": "2019,183", "nscl": "CI.SOC.HHZ.", "output": "ACC"},
        {"day": "2019,183", "nscl": "CI.SOC.HHN.", "output": "ACC"},
        {"day": "2019,184", "nscl": "CI.SOC.HHZ.", "output": "ACC"},
        {"day": "2019,183", "nscl": "CI.PAS.BHZ.", "output": "ACC"},
        {"day": "2019,184", "nscl": "CI.PAS.BHZ.", "output": "ACC"},
    ]
    options += ["--day", "2019,200", "--nscl", "CI.SOC.HHZ.", "--results", "more.jsonl"]
    assert run_lambda.main(options) == 0
    assert {"day": "2019,200", "nscl": "CI.SOC.HHZ.", "output": "ACC"} in api.events[5:]
    assert len(api.events) == 5 + 6


def test_a_bad_line_sends_nothing(api, tmp_path, capsys):
    (tmp_path / "days.txt").write_text("2019,183 CI.SOC.HHZ.\n2019,184 CI.SOC\n")
    assert run_lambda.main(["response", "--file", "days.txt"]) == 2
    assert "days.txt, line 2: '2019,184 CI.SOC': nscl 'CI.SOC': must" in capsys.readouterr().err
    assert api.calls == []


def test_wildcards(api, listable, capsys):
    for day, nscl in ((183, "CI.SOC.HHZ."), (183, "CI.SOC.HHE."), (184, "CI.SOC.HHZ.")):
        listable.put(SCEDC.waveform_key(ChannelId.parse(nscl), Day(2019, day)), b"x")
    days = ["response", "--day", "2019,183..2019,184"]
    assert run_lambda.main([*days, "--nscl", "CI.S*.HH?.*", "--concurrency", "1"]) == 0
    assert [(event["day"], event["nscl"]) for event in api.events] == [
        ("2019,183", "CI.SOC.HHE."),
        ("2019,183", "CI.SOC.HHZ."),
        ("2019,184", "CI.SOC.HHZ."),
    ]
    capsys.readouterr()
    assert run_lambda.main([*days, "--nscl", "CI.PAS.HH?.*"]) == 2
    assert "no channel matches 'CI.PAS.HH?.*' on 2019,183..2019,184" in capsys.readouterr().err


@pytest.mark.parametrize(
    "selection",
    [
        ["--day", "2019,183..2019,183", "--nscl", "CI.SOC.HHZ."],
        ["--day", "2019,183", "--nscl", "CI.SOC..HH?"],
    ],
)
def test_a_range_or_wildcard_of_one_request_writes_its_line(
    api, listable, tmp_path, capsys, selection
):
    listable.put(SCEDC.waveform_key(ChannelId.parse("CI.SOC.HHZ."), Day(2019, 183)), b"x")
    assert run_lambda.main(["response", *selection]) == 0
    assert "1 done, 0 failed" in capsys.readouterr().out
    (line,) = (tmp_path / "results.jsonl").read_text().splitlines()
    assert json.loads(line)["request"] == REQUESTS[0]
    assert run_lambda.main(["response", *selection]) == 2
    assert "already exists: continue it with --resume" in capsys.readouterr().err
