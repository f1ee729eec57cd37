"""Errors of calls, with the remedy where a call went to no function or to the other one."""

from runner.errors import CallError
from runner.sending.target import Target

_FIELDS = {  # those that the other function refuses
    "windows": "'Windows'",
    "response": "'day'",
    "station-index": "'update'",
}
_MEANT = {
    "windows": "time-window function",
    "response": "response function",
    "station-index": "time-window function",
}


def describe(error: CallError, target: Target) -> str:
    """Return the text of an error, with the remedy if the function's name is likely to be wrong.

    Args:
        error: the error.
        target: where the call went.
    """
    if error.kind == "ResourceNotFoundException" and not target.queue:
        return (
            f"{error}; give the function's name with --function-name (the outputs of a stack have"
            " it), and its --region"
        )
    if error.kind == "NoWaveformError" and target.local:
        return f"{error}; the first lines of `make serve` say which days and channels it has"
    field = _FIELDS.get(target.command)
    is_refused = error.kind == "BadRequestError" and "unknown field" in error.message
    if field and is_refused and field in error.message:
        return f"{error}; is {target.function} the {_MEANT[target.command]}?"
    return str(error)
