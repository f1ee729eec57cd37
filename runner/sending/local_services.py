"""The services of `make serve` on this machine: functions on one port, S3 and SQS on the next."""

from dataclasses import dataclass
from typing import ClassVar

DEFAULT_PORT = 9000

PORTS = range(1, 65_535)
"""Ports whose next one exists, too."""


@dataclass(frozen=True)
class LocalServices:
    """The services of `make serve`.

    Attributes:
        port: the first port.

    `FILE_HEADER` is a header of answers about results: their file on this machine, URL-encoded.
    """

    BUCKET: ClassVar = "corrected-waveforms"
    CREDENTIALS: ClassVar = ("local", "local")
    FILE_HEADER: ClassVar = "x-local-file"

    port: int = DEFAULT_PORT

    @property
    def functions_url(self) -> str:
        """The endpoint of the functions."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def aws_url(self) -> str:
        """The endpoint of S3 and SQS."""
        return f"http://127.0.0.1:{self.port + 1}"


def parse_port(text: str) -> int:
    """Return a port.

    Raises:
        ValueError: it is no port, or has no next one.
    """
    if not text.isdecimal() or int(text) not in PORTS:
        raise ValueError(f"{text!r}: a port is a number from {PORTS[0]} to {PORTS[-1]}")
    return int(text)
