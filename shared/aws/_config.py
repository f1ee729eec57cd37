"""Time-outs and log level of the AWS clients."""

import logging
from typing import Any

from botocore.config import Config

# botocore says at each start, as INFO, that it has found its credentials and endpoints.
logging.getLogger("botocore").setLevel(logging.WARNING)

# The longest wait for a connection, and for the next bytes of an answer, in seconds. The deadline
# of the invocation shortens both. S3 answers within a fraction of a second, and a new request is
# the better remedy for a longer wait. botocore's own time-outs are 60 s each.
_CONNECT_TIMEOUT_S = 3
_READ_TIMEOUT_S = 5


def client_config(**options: Any) -> Config:
    """Return the configuration of a client that sends each request once.

    `shared.aws._attempts` repeats requests: botocore's own pauses do not know the deadline. It
    honours ``AWS_MAX_ATTEMPTS``. ``AWS_RETRY_MODE`` has no effect, since "adaptive" would pause
    before requests.
    """
    return Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"total_max_attempts": 1, "mode": "standard"},
        **options,
    )
