"""Bytes of a certain kind, such as a file."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Content:
    """Bytes, and what they are.

    Attributes:
        data: the bytes.
        media_type: such as "application/json".
        suffix: how the name of a file with these bytes ends, without the dot, such as "json".
    """

    data: bytes
    media_type: str
    suffix: str
