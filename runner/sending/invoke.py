"""One invocation of a function: its reply, or why there is none."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import CallError
from runner.sending.retry import call_error
from shared import errors

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

TIMED_OUT = "Sandbox.Timedout"
"""Lambda's own name for a function that took longer than it may."""

_SHOWN = 100  # characters of a reply

_FAILURE = {"error", "errorMessage", "message", "statusCode"}

# The function is not as it should be, whatever it is asked.
_FOR_ALL = {
    "SettingsError",
    "Runtime.ImportModuleError",
    "Runtime.HandlerNotFound",
    "Runtime.InvalidEntrypoint",
}


def invoke(client: "LambdaClient", function: str, event: Any) -> Any:
    """Send an event to a function and wait for its reply.

    Raises:
        CallError: the call failed, or the function raised an error or ran into its timeout.
    """
    try:
        response = client.invoke(FunctionName=function, Payload=json.dumps(event).encode())
        text = response["Payload"].read().decode(errors="replace")
    except (ClientError, BotoCoreError) as error:
        raise call_error(error) from error
    try:
        reply = json.loads(text)
    except (ValueError, RecursionError) as error:  # the emulator's word of a timeout is no JSON
        raise _function_error({}, text or "the function's reply is empty") from error
    # The emulator, and SAM local, hand an exception back as if it were a reply.
    raised = isinstance(reply, dict) and {"errorMessage", "errorType"} <= reply.keys()
    if raised or "FunctionError" in response:
        raise _function_error(reply if isinstance(reply, dict) else {}, text)
    return reply


def output_key(reply: Any, function: str) -> str:
    """The URI of the object that the response function wrote, out of its reply.

    Raises:
        CallError: the reply has none.
    """
    if isinstance(reply, dict) and isinstance(reply.get("output_key"), str):
        return str(reply["output_key"])
    raise unexpected(reply, f"has no output_key: is {function} the response function?")


def is_failure(reply: Any) -> bool:
    """Whether a reply is nothing that a function of ours answers with.

    That is an error as JSON, as HTTP replies have it and as a proxy or gateway puts in their place,
    though the call itself succeeded; and what is neither an object nor an array.
    """
    if isinstance(reply, dict):
        return bool(reply.keys() & _FAILURE)
    return not isinstance(reply, list)


def unexpected(reply: Any, why: str) -> CallError:
    """The error of a reply that is none of the function that is called."""
    text = json.dumps(reply)
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
    return CallError("UnexpectedReply", f"the reply {shown} {why}")


def _function_error(told: dict[str, Any], text: str) -> CallError:
    message = str(told.get("errorMessage", text))
    unnamed = TIMED_OUT if "Task timed out" in message else "Error"
    kind = str(told.get("errorType") or unnamed)
    ours = getattr(errors, kind, None)
    passes = isinstance(ours, type) and issubclass(ours, errors.ServiceError) and not ours.permanent
    for_all = kind in _FOR_ALL
    return CallError(kind, message, transient=passes and not for_all, for_all=for_all)
