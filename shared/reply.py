"""Replies: an answer with its failures, headers and caching, a file, or a last step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared import errors


@dataclass(frozen=True)
class Reply:
    """An answer, with details for the reply around it.

    Attributes:
        value: the answer: any JSON value, or a `File`.
        failures: the errors of the answer's parts, if every part failed; they decide the HTTP
            status.
        errors: the parts missing from a file, as JSON; a direct invocation gets them beside it.
        beside: further lists that a file has no room for, as JSON, by the names under which a
            direct invocation gets them beside the file, or beside the link to it.
        headers: further headers of the HTTP reply; ASCII.
        extent: amount of data, by unit, such as {"samples": 12000, "seconds": 300.0}. If the reply
            is too large, the error derives the amount that would fit.
        status: the HTTP status; None is 200, or the status of `failures`. 204 and 304 have no body.
        etag: the entity tag of the answer, such as '"5d41"' or 'W/"5d41"'; "" for none. A caller
            whose If-None-Match has it gets 304 without a body.
        cache: the value of the header Cache-Control; "" for none.
        file_name: the name under which browsers store the answer; "" for none.
    """

    value: Any
    failures: tuple[errors.ServiceError, ...] = ()
    errors: Sequence[Mapping[str, Any]] = ()
    beside: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    extent: Mapping[str, float] = field(default_factory=dict)
    status: int | None = None
    etag: str = ""
    cache: str = ""
    file_name: str = ""


@dataclass(frozen=True)
class File:
    """The bytes of a file, and their format.

    Attributes:
        data: the bytes.
        media_type: such as "application/json".
        suffix: the end of the file's name, without the dot, such as "json".
    """

    data: bytes
    media_type: str
    suffix: str


@dataclass(frozen=True)
class Unfinished:
    """An answer whose last step is left, such as an upload.

    A batch takes the last step of a request while it computes the next one.

    Attributes:
        finish: takes the last step, and returns the answer or raises; to be called once, perhaps
            in another thread.
    """

    finish: Callable[[], Any]
