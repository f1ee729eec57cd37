"""AWS clients: their session, time-outs and log level."""

import logging
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config
from botocore.loaders import Loader
from botocore.session import Session

from shared.aws._timed_sockets import keep_deadline

# botocore says at each start, as INFO, that it has found its credentials and endpoints.
logging.getLogger("botocore").setLevel(logging.WARNING)

# The longest wait for a connection, and for the next bytes of an answer, in seconds. The deadline
# of the invocation shortens both. S3 answers within a fraction of a second, and a new request is
# the better remedy for a longer wait. botocore's own time-outs are 60 s each.
_CONNECT_TIMEOUT_S = 3
_READ_TIMEOUT_S = 5


@cache
def session() -> Session:
    """Return the session of this process, which keeps its credentials."""
    # boto3's would lengthen each start, and its additions are not used.
    made = botocore.session.get_session()
    made.register_component("data_loader", _service_models())
    return made


@cache
def _service_models() -> Loader:
    """Return AWS's service models, which take most of the time of a first client.

    They never change, so the session of a restored container keeps them.
    """
    loader: Loader = botocore.session.get_session().get_component("data_loader")
    return loader


def make_client(service: str, region: str, **options: Any) -> Any:
    """Return a client that sends each request once and keeps the deadline of the invocation.

    Args:
        service: such as "s3".
        region: the AWS region.
        options: further members of its `botocore.config.Config`.
    """
    # `shared.aws._attempts` repeats requests: botocore's own pauses do not know the deadline. It
    # honours AWS_MAX_ATTEMPTS. AWS_RETRY_MODE has no effect, as "adaptive" would pause.
    config = Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=_READ_TIMEOUT_S,
        retries={"total_max_attempts": 1, "mode": "standard"},
        **options,
    )
    made = session().create_client(service, region_name=region, config=config)
    keep_deadline(made)
    return made
