"""One invocation of a function: its reply, or why there is none."""

import json
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runner.failures import CallError
from runner.retries import call_error
from shared import errors

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient

TIMED_OUT = "Sandbox.Timedout"
"""Lambda's own name for a function that took longer than it may."""

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
        text = response["Payload"].read().decode()
    except (ClientError, BotoCoreError) as error:
        raise call_error(error) from error
    try:
        reply = json.loads(text)
    except ValueError as error:  # what the emulator says of a timeout is not JSON
        raise _function_error({}, text or "the function's reply is empty") from error
    # The emulator, and SAM local, hand an exception back as if it were a reply.
    raised = isinstance(reply, dict) and {"errorMessage", "errorType"} <= reply.keys()
    if raised or "FunctionError" in response:
        raise _function_error(reply if isinstance(reply, dict) else {}, text)
    return reply


def _function_error(told: dict[str, Any], text: str) -> CallError:
    message = str(told.get("errorMessage", text))
    unnamed = TIMED_OUT if "Task timed out" in message else "Error"
    kind = str(told.get("errorType") or unnamed)
    ours = getattr(errors, kind, None)
    passes = isinstance(ours, type) and issubclass(ours, errors.ServiceError) and not ours.permanent
    for_all = kind in _FOR_ALL
    return CallError(kind, message, transient=passes and not for_all, for_all=for_all)
