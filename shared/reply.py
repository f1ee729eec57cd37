"""What a `process` may return where its answer alone does not tell all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared import errors


@dataclass(frozen=True)
class Reply:
    """An answer, and what is to be known of it.

    Attributes:
        value: what would have been returned without the rest: any JSON value, or a
            `File`, which is a file's bytes.
        failures: the errors of its parts, if every part failed; they decide the HTTP status.
        errors: what is not in a file, as JSON; a direct invocation gets them beside it.
        headers: further headers of the HTTP reply; ASCII.
        extent: how much was answered, by unit, such as {"samples": 12000, "seconds": 300.0}; where
            that is too much for a reply, the error tells how much is not.
    """

    value: Any
    failures: tuple[errors.ServiceError, ...] = ()
    errors: Sequence[Mapping[str, Any]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    extent: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class File:
    """Bytes, and what they are.

    Attributes:
        data: the bytes.
        media_type: such as "application/json".
        suffix: how the name of a file with these bytes ends, without the dot, such as "json".
    """

    data: bytes
    media_type: str
    suffix: str
