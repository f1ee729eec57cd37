"""The pages about the stack: their facts and SAM commands are right."""

import re
import shutil
import subprocess
from pathlib import Path

from tests.deployment.support.aws_account import REGION, aws_account
from tests.deployment.support.deployed_stack import template
from tests.deployment.support.page_lines import DEPLOYMENT, OPERATING
from tests.support.commands import PROJECT, command_environment, sam_cli
from tests.support.pages import code

BUILD = ("With SAM", "sh", 0)
UPDATES = [("Updating the stack", "sh", number) for number in (0, 1)]
REMOVAL = ("Removing the stack", "sh", 0)


def test_parameters_are_those_of_the_template() -> None:
    rows = {code(name)[0]: default for name, default, _ in OPERATING.table("Parameters")}
    shown = {name: "".join(code(default)) for name, default in rows.items()}
    parameters = template()["Parameters"]
    assert shown == {name: str(item["Default"]) for name, item in parameters.items()}
    assert list(shown) == list(parameters)


def test_what_is_said_of_the_stack() -> None:
    """The number of alarms, roles and functions, and the routes."""
    resources = template()["Resources"].values()
    types = [resource["Type"] for resource in resources]
    section = DEPLOYMENT.sections["With SAM"]
    alarms = [item["Properties"] for item in resources if item["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(re.findall("sixteen alarms", section)) == 2
    assert len(alarms) == 16
    watched = [one for alarm in alarms for one in alarm.get("Metrics", [{"MetricStat": None}])]
    beyond = sum("MetricStat" in one for one in watched) - 10  # the ten free ones
    assert f"seven more than CloudWatch's ten free ones, which costs ${beyond / 10:.2f}" in (
        " ".join(section.split())
    )
    assert beyond == 7
    assert types.count("AWS::IAM::Role") == types.count("AWS::Serverless::Function") == 2
    routes = {
        item["Properties"]["RouteKey"]
        for item in resources
        if item["Type"] == "AWS::ApiGatewayV2::Route"
    }
    named = {name for name in code(section) if re.match("[A-Z]+ /", name)}
    assert named == {name for name in routes if not name.startswith("OPTIONS ")}


@DEPLOYMENT.covers(BUILD, REMOVAL)
@OPERATING.covers(*UPDATES)
def test_lines_for_sam() -> None:
    """SAM accepts the options; other tests check its result for the template."""
    blocks = [
        DEPLOYMENT.blocks[BUILD],
        *(OPERATING.blocks[key] for key in UPDATES),
        DEPLOYMENT.blocks[REMOVAL],
    ]
    lines = "".join(blocks).splitlines()
    assert [line.split()[1] for line in lines] == [*["build", "deploy"] * 3, "delete"]
    sam = sam_cli()
    environment = command_environment(SAM_CLI_TELEMETRY="0")
    for line in [*lines, "sam deploy --no-such-option"]:
        command = [sam, *line.split()[1:], "--help"]  # with --help, SAM does nothing
        done = subprocess.run(
            command, cwd=PROJECT, env=environment, capture_output=True, timeout=600, check=False
        )
        assert (done.returncode == 0) == ("--no-such-option" not in line), done.stderr
    overrides = set(re.findall(r"(\w+)=", "".join(lines)))
    assert overrides == {"PythonVersion"}
    (other,) = set(re.findall(r"PythonVersion=(\S+)", "\n".join(lines)))
    python = template()["Parameters"]["PythonVersion"]
    assert [other, python["Default"]] == python["AllowedValues"]


def test_enter_answers_all_that_sam_asks(tmp_path: Path) -> None:
    """Up to the point where SAM creates its own resources, which moto does not support."""
    sam, project = sam_cli(), tmp_path / "project"
    project.mkdir()
    for name in ("template.yaml", "samconfig.toml"):
        shutil.copy(PROJECT / name, project)
    with aws_account(tmp_path) as account:
        done = subprocess.run(
            [sam, "deploy", "--guided"],
            cwd=project,
            env={**account.environment, "SAM_CLI_TELEMETRY": "0"},
            input="\n" * 100,
            capture_output=True,
            text=True,
            timeout=600,
            check=False,
        )
    prompted = re.findall(r"Parameter (\w+) \[", done.stdout)
    assert prompted == [code(name)[0] for name, *_ in OPERATING.table("Parameters")]
    assert "Stack Name [scedc]" in done.stdout
    assert f"AWS Region [{REGION}]" in done.stdout
    assert "Looking for resources needed for deployment" in done.stdout, done.stderr
