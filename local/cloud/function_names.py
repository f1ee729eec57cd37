"""Names of the functions: folders of this checkout with an app.py, and their names on AWS."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

from local.project import PROJECT

ANY = "function"
"""The name by which AWS's emulator knows its only function."""

_FOLDER = "_lambda"
_ARN = re.compile(r"arn:[^:]*:lambda:[^:]*:[^:]*:function:([^:]*).*")
_ALSO = {
    "timewindow": ("windows", "window", "timewindows", "timewindowfunction"),
    "response": ("responseremoval", "responsefunction"),
}
"""Other names of the project's own functions: the command's, the stack's, in any spelling."""

_WRAPPED = re.compile(r"(?:scedc-)?(.*?)(?:[-_]lambda)?(?:/(?:app\.py)?)?")


def functions() -> list[str]:
    """Return the functions of this checkout, the project's own first."""
    names = [path.parent.name for path in PROJECT.glob(f"*{_FOLDER}/app.py")]
    own = {"response": 0, "timewindow": 1}
    return sorted((short_name(name) for name in names), key=lambda name: (own.get(name, 2), name))


def short_name(name: str) -> str:
    """Return a function's short name, such as "response", by which its folder is named.

    Args:
        name: such as "response", "response_lambda/", "response-lambda", "Response" or the stack's
            "scedc-response"; also with a qualifier, or as an ARN. The time-window function is also
            "windows", as the command of `run_lambda.py`.
    """
    if arn := _ARN.fullmatch(name):
        name = arn[1]
    wrapped = _WRAPPED.fullmatch(name.partition(":")[0])
    short = wrapped[1] if wrapped and wrapped[1] else name
    plain = re.sub("[-_ ]", "", short).lower()
    return next((own for own, also in _ALSO.items() if plain in (own, *also)), short)


def similar(name: str, names: Iterable[str]) -> str:
    """Return a question that names the most similar function; "" if none is similar."""
    found = get_close_matches(name, names, 1)
    return f" (did you mean {found[0]!r}?)" if found else ""


def folder(function: str) -> str:
    """Return the folder of a function, which has its app.py."""
    return f"{function}{_FOLDER}"
