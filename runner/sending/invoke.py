"""Invoke a Lambda function once: its reply, or an error."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import CallError
from runner.sending.retry import call_error
from runner.terminal import shorten
from shared import errors

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

TIMED_OUT = "Sandbox.Timedout"
"""Lambda's error type for a function that exceeded its timeout."""

_SHOWN_CHARACTERS = 100

_FAILURE_FIELDS = {"error", "errorMessage", "message", "statusCode"}

# The function is misconfigured: every request would fail.
_FATAL = {
    "SettingsError",
    "Runtime.ImportModuleError",
    "Runtime.HandlerNotFound",
    "Runtime.InvalidEntrypoint",
}


def invoke(client: "LambdaClient", function: str, event: Any) -> Any:
    """Send an event to a function and return its reply.

    Raises:
        CallError: the call failed, or the function raised an error or timed out.
    """
    try:
        response = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        text = response["Payload"].read().decode(errors="replace")
    except (ClientError, BotoCoreError) as error:
        raise call_error(error) from error
    try:
        reply = json.loads(text)
    except (ValueError, RecursionError) as error:  # the emulator reports a timeout as plain text
        raise _function_error({}, text or "the function's reply is empty") from error
    # The emulator and SAM local return an exception as if it were a reply.
    raised = isinstance(reply, dict) and {"errorMessage", "errorType"} <= reply.keys()
    if raised or "FunctionError" in response:
        raise _function_error(reply if isinstance(reply, dict) else {}, text)
    return reply


def output_key(reply: Any, function: str) -> str:
    """Return the URI of the corrected day from a reply of the response function.

    Raises:
        CallError: the reply has none.
    """
    if isinstance(reply, dict) and isinstance(reply.get("output_key"), str):
        return str(reply["output_key"])
    raise unexpected_reply(reply, f"has no output_key: is {function} the response function?")


def warnings_of(reply: Any) -> list[str]:
    """Return the warnings of a corrected day or of a window; none from anything else."""
    return [str(warning) for warning in _members(reply, "warnings")]


def gaps_of(reply: Any) -> list[dict[str, Any]]:
    """Return the gaps of a corrected day; none from anything else."""
    return [gap for gap in _members(reply, "gaps") if isinstance(gap, dict)]


def is_failure(reply: Any) -> bool:
    """Return whether a reply cannot come from our functions, although the call succeeded.

    Such are an error as JSON, as in HTTP replies or from a proxy or gateway, and a reply that is
    neither an object nor an array.
    """
    if isinstance(reply, dict):
        return bool(reply.keys() & _FAILURE_FIELDS)
    return not isinstance(reply, list)


def unexpected_reply(reply: Any, problem: str) -> CallError:
    """Return the error for a reply that the called function would not give."""
    return CallError(
        "UnexpectedReply", f"the reply {shorten(json.dumps(reply), _SHOWN_CHARACTERS)} {problem}"
    )


def _members(reply: Any, name: str) -> list[Any]:
    members = reply.get(name) if isinstance(reply, dict) else None
    return members if isinstance(members, list) else []


def _function_error(payload: dict[str, Any], text: str) -> CallError:
    message = str(payload.get("errorMessage", text))
    default = TIMED_OUT if "Task timed out" in message else "Error"
    kind = str(payload.get("errorType") or default)
    cls = getattr(errors, kind, None)
    temporary = isinstance(cls, type) and issubclass(cls, errors.ServiceError) and not cls.permanent
    fatal = kind in _FATAL
    return CallError(kind, message, transient=temporary and not fatal, fatal=fatal)
