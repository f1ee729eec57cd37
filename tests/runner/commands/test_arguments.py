"""The command line: options, invalid options, --help."""

import shlex
from collections.abc import Callable
from typing import Any

import pytest

import run_lambda
from runner.commands import arguments
from tests.support.lambda_api import LambdaApi

pytestmark = pytest.mark.usefixtures("no_pauses")

NSCL = "CI.BOM.BHZ."
SAMPLE_EVENT = {"day": "2019,183", "nscl": "CI.SOC.HHZ."}


@pytest.mark.parametrize(
    ("options", "event"),
    [
        ([], SAMPLE_EVENT),
        (["--day", "2019,184"], {**SAMPLE_EVENT, "day": "2019,184"}),
        (["--nscl", "CI.SOC.HHN."], {**SAMPLE_EVENT, "nscl": "CI.SOC.HHN."}),
        (["--output", "DISP"], {**SAMPLE_EVENT, "output": "DISP"}),
        (
            ["--pre-filt", "0.005", "0.01", "35", "45"],
            {**SAMPLE_EVENT, "pre_filt": [0.005, 0.01, 35.0, 45.0]},
        ),
        (["--pre-filt", "auto"], {**SAMPLE_EVENT, "pre_filt": "auto"}),
        (
            ["--gaps", "split", "--edges", "neighbours"],
            {**SAMPLE_EVENT, "gaps": "split", "edges": "neighbours"},
        ),
        (["--water-level", "30"], {**SAMPLE_EVENT, "water_level": 30.0}),
        (["--water-level", "none"], {**SAMPLE_EVENT, "water_level": None}),
        (["--encoding", "FLOAT64"], {**SAMPLE_EVENT, "encoding": "FLOAT64"}),
        (["--method", "obspy"], {**SAMPLE_EVENT, "method": "obspy"}),
        (["--taper-fraction", "0.1"], {**SAMPLE_EVENT, "taper_fraction": 0.1}),
        (["--output", "VEL", "--gaps", "bridge"], SAMPLE_EVENT),  # the defaults
        (["--output", "vel", "--gaps", "Bridge", "--edges", "TAPER"], SAMPLE_EVENT),
        (["--edges", "neighbors"], {**SAMPLE_EVENT, "edges": "neighbours"}),
        (["--water-level", "None"], {**SAMPLE_EVENT, "water_level": None}),
        (["--day", "20190702", "--nscl", "ci.soc..hhz"], SAMPLE_EVENT),
        (["--no-zero-mean"], {**SAMPLE_EVENT, "zero_mean": False}),
        (
            ["--day", "2024-01-01", "--nscl", NSCL, "--output", "ACC", "--encoding", "FLOAT64"],
            {"day": "2024,001", "nscl": NSCL, "output": "ACC", "encoding": "FLOAT64"},
        ),
    ],
)
def test_options_of_response(
    api: LambdaApi, credentials: None, options: list[str], event: dict[str, Any]
) -> None:
    assert run_lambda.main(["response", *options]) == 0
    (call,) = api.calls
    assert call.path == "/2015-03-31/functions/response-lambda/invocations"
    assert call.event == event


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--queue", ""], "--queue: '' is not a name"),
        (["--local", "65535"], "--local: '65535': a port is a number from 1 to 65534"),
        (["--local=x"], "--local: 'x': a port is a number"),
        (["--local", "abc"], "--local: 'abc': a port is a number from 1 to 65534"),
        (["--local", "--endpoint-url", "http://x"], "--local needs neither --endpoint-url nor"),
        (["--local", "--profile", "x"], "--local needs neither --endpoint-url nor --profile"),
        (["--function-name", " "], "--function-name: ' ' is not a name"),
        (["--resume", "--output-bucket", ""], "--output-bucket: '' is not a name"),
        (["--file", "a", "--results", "a"], "--file and --results both name a"),
    ],
)
def test_contradicting_or_empty_options(
    api: LambdaApi, credentials: None, capsys: Any, options: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(["response", *options])
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.startswith("usage: run_lambda.py response ")
    assert api.calls == []


def test_a_picture_beside_the_answer(api: LambdaApi, credentials: None, capsys: Any) -> None:
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(["windows", "-o", "x.png", "--plot", "./x.png"])
    assert ended.value.code == 2
    assert "-o and --plot both name x.png: give two files" in capsys.readouterr().err


HELP = {
    (): {"--function-name", "--region", "--profile", "--endpoint-url", "--queue", "--retries"},
    ("response",): {"--day", "--nscl", "--file", "--pre-filt", "--dry-run", "--resume", "--queue"},
    ("windows",): {"--request", "--format", "--plot"},
}


@pytest.mark.parametrize("command", HELP)
def test_help_shows_the_examples(
    capsys: pytest.CaptureFixture[str], command: tuple[str, ...]
) -> None:
    """Each example is a valid command line."""
    with pytest.raises(SystemExit) as ended:
        run_lambda.main([*command, "--help"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    lines = [line.strip() for line in said.splitlines()]
    examples = [line for line in lines if line.startswith("python run_lambda.py")]
    assert len(examples) >= 3
    for example in examples:
        options = arguments.parse(shlex.split(example)[2:])
        assert options.command == (command[0] if command else options.command)
    assert set(said.split()) >= HELP[command]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["response", "--water-level", "high"], "'high' is neither a number nor none"),
        (["response", "--pre-filt", "1", "2", "3"], "1 2 3: must be four corners or auto"),
        (["response", "--pre-filt", "1", "2", "3", "auto"], "must be four corners or auto"),
        (["response", "--pre-filt", "none"], "none: must be four corners or auto"),
        (["event"], "invalid choice: 'event'"),
        (["windws"], "(did you mean 'windows'?)"),
        (["Fetch"], "(did you mean 'fetch'?)"),
        (["windows", "--format", "mssed"], "(did you mean 'mseed'?)"),
        (["windows", "--read", "hole"], "(did you mean 'whole'?)"),
        (["windows", "--strat", "2019,183"], "--strat (did you mean --start?)"),
        (["response", "--concurrency", "0"], "'0' is not a number of 1 or more"),
        (["response", "--concurrency", "many"], "'many' is not a number of 1 or more"),
        (["--retries", "-1"], "'-1' is not a number of 0 or more"),
        (["--queue", "jobs", "--function-name", "mine"], "--queue and --function-name"),
        (["--queue", "jobs", "windows"], "--queue is for the command response"),
        (["response", "--output-bucket", "mine"], "is where --resume looks"),
        (["response", "--file", "f", "--day", "2019,183"], "give both of these"),
        (["-o", "no/such/folder/reply.json"], "there is no folder no/such/folder"),
        (["response", "--results", "no/such/folder/r.jsonl"], "there is no folder no/such/folder"),
        (["windows", "--format", "ascii"], "invalid choice: 'ascii'"),
        (["response", "--out", "DISP"], "--out (did you mean --output or --output-bucket?)"),
        (["response", "--dry"], "unrecognized arguments: --dry (did you mean --dry-run?)"),
        (["windows", "--fromat", "sac"], "--fromat (did you mean --format?)"),
        (["windows", "--day", "2019,183"], "unrecognized arguments: --day 2019,183\n"),
        (["--endpoint", "http://x", "windows"], "--endpoint (did you mean --endpoint-url?)"),
        (["--endpoint=http://x"], "--endpoint=http://x (did you mean --endpoint-url?)"),
        (["response", "--xyz"], "unrecognized arguments: --xyz\n"),
    ],
)
def test_invalid_arguments(
    capsys: pytest.CaptureFixture[str], options: list[str], message: str
) -> None:
    with pytest.raises(SystemExit) as ended:
        run_lambda.main(options)
    assert ended.value.code == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--day", "2019,366"], "day 2019,366: 2019 has days 001 to 365"),
        (["--day", "2019,190..2019,183"], "2019,183 is before 2019,190"),
        (["--day", "2019,183", "yesterday"], "day 'yesterday': must be"),
        (["--nscl", "CI.SOC"], "nscl 'CI.SOC': must be network.station.channel.location"),
        (["--nscl", "CI.SOC.HH?.", "CIX.SOC.HH?."], "nscl 'CIX.SOC.HH?.': network code 'CIX'"),
        (["--nscl", "CI.SOC.H*.*"], "'CI.SOC.H??.*' or 'CI.SOC.H*.???'"),
        (["--output", "SPEED"], "output is 'SPEED': must be one of 'DISP'"),
        (["--taper-fraction", "2"], "taper_fraction is 2.0: must be a number from 0 to 1"),
        (["--pre-filt", "4", "3", "2", "1"], "pre_filt is [4.0, 3.0, 2.0, 1.0]: must be"),
        (["--file", "no-such-file"], "no-such-file cannot be read: "),
    ],
)
def test_invalid_requests_are_not_sent(
    api: LambdaApi, fails: Callable[..., str], options: list[str], message: str
) -> None:
    assert message in fails("response", *options, "--endpoint-url", api.url, status=2)
    assert api.calls == []


@pytest.mark.parametrize(
    ("words", "port"),
    [
        (["--local"], 9000),
        (["--local", "response"], 9000),
        (["--local", "9010", "response"], 9010),
        (["response", "--local"], 9000),
        (["windows", "--local", "9010", "--retries", "2"], 9010),
        (["windows", "--local=9010"], 9010),
    ],
)
def test_a_port_may_follow_local(words: list[str], port: int) -> None:
    options = arguments.parse(words)
    assert options.local.port == port
    assert options.concurrency == 1
    assert options.command == next((word for word in words if word.isalpha()), "response")
