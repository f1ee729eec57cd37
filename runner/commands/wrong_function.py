"""Errors with their remedy: of calls to no function or to another one, of absent channels."""

from runner.errors import CallError, NoMatchError
from runner.sending.target import Target

_FIELDS = {  # those that the other function refuses
    "windows": "'Windows'",
    "response": "'day'",
    "station-index": "'update'",
}
_SERVED = "the first lines of `make serve` say which days and channels it has"
_MEANT = {
    "windows": "time-window function",
    "response": "response function",
    "station-index": "time-window function",
}


def describe(error: Exception, target: Target) -> str:
    """Return the text of an error, with the remedy if a name is likely to be wrong.

    Args:
        error: the error.
        target: where the call went, or would have gone.
    """
    if isinstance(error, NoMatchError) and target.local:
        return f"{error}; {_SERVED}"
    if not isinstance(error, CallError):
        return str(error)
    if error.kind == "ResourceNotFoundException" and not target.queue:
        return (
            f"{error}; give the function's name with --function-name (the outputs of a stack have"
            " it), and its --region"
        )
    if error.kind == "NoWaveformError" and target.local:
        return f"{error}; {_SERVED}"
    field = _FIELDS.get(target.command)
    is_refused = error.kind == "BadRequestError" and "unknown field" in error.message
    if field and is_refused and field in error.message:
        return f"{error}; is {target.function} the {_MEANT[target.command]}?"
    return str(error)
