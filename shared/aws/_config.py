"""Time-outs of the AWS clients."""

from typing import Any

from botocore.config import Config

# botocore's three attempts must end before the caller gives up: an HTTP API after 30 s, the
# function after a minute. botocore's own time-outs are 60 s each.
_CONNECT_TIMEOUT_S = 3
_READ_TIMEOUT_S = 8


def client_config(**options: Any) -> Config:
    """Return the configuration of a client, with time-outs that fit into an invocation."""
    return Config(connect_timeout=_CONNECT_TIMEOUT_S, read_timeout=_READ_TIMEOUT_S, **options)
