"""The tables of errors, settings and batches, and the statements about run_lambda.py."""

import inspect
import json
import re
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from runner.commands import arguments
from runner.results import results_file
from runner.sending.target import FUNCTION_NAMES
from shared import errors, invocation, limits, settings
from shared.archive.registry import input_archive
from shared.aws import dead_letters
from tests.shared.invocation import test_s3_batch
from tests.support import batches
from tests.support.builders import http_event
from tests.support.commands import run_command
from tests.support.pages import code, page

README = page("README.md")
EVENTS = page("docs/events.md")
RUNNING = page("docs/running.md")


def test_errors_and_their_status() -> None:
    statuses = {
        name: int(status) for names, status in README.table("Errors") for name in code(names)
    }
    assert statuses.pop("S3_OUTPUT_BUCKET") == 500  # an example, not an error
    assert statuses.pop("InternalError") == failure(ZeroDivisionError("never seen"))
    for name, status in statuses.items():
        assert failure(getattr(errors, name)("...")) == status, name

    def leaves(cls: type) -> set[str]:
        ours = [child for child in cls.__subclasses__() if child.__module__ == cls.__module__]
        below = [leaf for child in ours for leaf in leaves(child)]
        return set(below) or {cls.__name__}

    # NoSuchObjectError is translated before any caller sees it, and InternalError stands for bugs.
    assert set(statuses) == leaves(errors.ServiceError) - {"NoSuchObjectError", "InternalError"}


def failure(error: Exception) -> int:
    """Return the HTTP status of a function that raises this error."""

    def process(request: Any) -> Any:
        raise error

    reply = invocation.lambda_handler(process)(http_event("{}"), SimpleNamespace())
    assert json.loads(reply["body"])["error"]["type"] in (type(error).__name__, "InternalError")
    return int(reply["statusCode"])


@README.covers(("Errors", "json", 0))
def test_error_object(response_handler: Callable[[Any], Any]) -> None:
    request = {"day": "2019,366", "nscl": "CI.SOC.HHZ."}
    reply = response_handler(http_event(json.dumps(request)))
    shown = json.loads(README.blocks["Errors", "json", 0])
    assert json.dumps(json.loads(reply["body"])) == json.dumps(shown)
    with pytest.raises(errors.BadRequestError) as raised:
        response_handler(request)
    assert raised.value.as_dict() == shown["error"]


def test_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {code(name)[0]: default for name, default, _ in EVENTS.table("Settings") if "`" in name}
    assert rows == {
        "S3_OUTPUT_BUCKET": "none",
        "ARCHIVE": f"`{settings.DEFAULT_ARCHIVE}`",
        "S3_INPUT_BUCKET": "the archive's",
        "EXAMPLE_WINDOW": f"`{settings.example_window()}`",
        "ARCHIVE_SOURCE": "the archive's bucket",
        "DEAD_LETTER_QUEUE_URL": "none",
        "MAX_RECEIVE_COUNT": "none",
        "STORE_LARGE_REPLIES": "`yes`",
        **{name: f"{value:,}" for name, value in limits.DEFAULTS.items()},
        "MAX_DAY_MIB": str(limits.max_day().mib),
        "MAX_STATIONXML_MIB": str(limits.max_stationxml().mib),
        "MAX_DATASELECT_MIB": str(limits.max_dataselect().mib),
        "MAX_HEADERS_MIB": f"{limits.max_headers().mib:,}",
        "MAX_INDEX_DAYS": str(limits.max_index_days()),
    }
    of_limits = set(re.findall(r"``(MAX_\w+)``", inspect.getsource(limits)))
    assert of_limits <= set(rows)
    assert settings.dead_letter_queue_url() is None
    assert settings.max_receive_count() is None
    assert settings.archive_name() == "scedc"
    assert input_archive().bucket == "scedc-pds"
    with pytest.raises(errors.SettingsError):
        settings.output_bucket()
    for name, read in (("OUTPUT", settings.output_bucket), ("INPUT", settings.input_bucket_if_set)):
        monkeypatch.setenv(f"S3_{name}_BUCKET", "another")
        assert read() == "another"


def test_batches() -> None:
    """The members of each batch and its reply, by the events of the tests of each."""
    rows = {
        event: (code(request), code(reply)) for event, request, reply in EVENTS.table("Batches")
    }
    events = ["SQS messages", "Step Functions' Distributed Map with `ItemBatcher`"]
    assert list(rows) == [*events, "S3 Batch Operations"]
    (queue, items, tasks) = rows.values()
    records = [{"messageId": "m", "body": '{"fail": "s3"}', "eventSource": "aws:sqs"}]
    assert list(batches.handler({"Records": records}, batches.NO_LIMIT)) == queue[1]

    event = {items[0][0]: [{}, {"fail": "bad"}], items[0][1]: {"a": 1}}
    entries = batches.handler(event, batches.NO_LIMIT)
    shown = [re.findall(r'"(\w+)"', form) for form in items[1]]
    assert [list(entry) for entry in entries] == shown == [["result"], ["error"]]

    codes = []
    for kind in ("none", "s3", "bad"):
        event = test_s3_batch.event(arguments={"fail": kind})
        codes += [code for code, _ in test_s3_batch.results(event)]
    assert codes == tasks[1]
    for attribute in ("ErrorType", "ErrorMessage"):
        assert attribute in code(EVENTS.sections["Batches"])
        assert attribute in inspect.getsource(dead_letters.send)


def test_what_is_said_of_run_lambda() -> None:
    """Function names, options and defaults."""
    calling, many = RUNNING.sections["Calling AWS"], RUNNING.sections["Many days"]
    assert all(f"`{name}`" in calling for name in FUNCTION_NAMES.values())
    helps = [
        run_command(sys.executable, "run_lambda.py", *command, "--help").stdout
        for command in ([], ["response"], ["windows"], ["fetch"])
    ]
    assert {"--function-name", "--region", "--profile"} <= set(code(calling))
    options = (re.match(r"--[a-z-]+", text) for text in code(RUNNING.text))
    named = {option[0] for option in options if option}
    assert {"--day", "--nscl", "--file", "--concurrency", "--retries", "--resume"} <= named
    assert {option for option in named if not any(option in text for text in helps)} == set()
    assert "pip install boto3 tqdm" in code(calling)
    assert "ten requests" in many
    assert arguments.CONCURRENCY == 10
    assert "five times" in many
    assert arguments.RETRIES == 5
    assert str(results_file.DEFAULT_PATH) in code(many)
