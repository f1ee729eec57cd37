"""Names of the functions: folders of this checkout with an app.py, and their names on AWS."""

import re

from local.project import PROJECT

ANY = "function"
"""The name by which AWS's emulator knows its only function."""

_FOLDER = "_lambda"
_ARN = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]*).*")
_WRAPPED = re.compile(r"(?:scedc-)?(.*?)(?:[-_]lambda)?(?:/(?:app\.py)?)?")


def functions() -> list[str]:
    """Return the functions of this checkout, the project's own first."""
    names = [path.parent.name for path in PROJECT.glob(f"*{_FOLDER}/app.py")]
    own = {"response": 0, "timewindow": 1}
    return sorted((short_name(name) for name in names), key=lambda name: (own.get(name, 2), name))


def short_name(name: str) -> str:
    """Return a function's short name, such as "response", by which its folder is named.

    Args:
        name: such as "response", "response_lambda/", "response-lambda" or the stack's
            "scedc-response"; also with a qualifier, or as an ARN.
    """
    if arn := _ARN.fullmatch(name):
        name = arn[1]
    wrapped = _WRAPPED.fullmatch(name.partition(":")[0])
    return wrapped[1] if wrapped and wrapped[1] else name


def folder(function: str) -> str:
    """Return the folder of a function, which has its app.py."""
    return f"{function}{_FOLDER}"
