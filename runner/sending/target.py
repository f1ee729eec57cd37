"""Where requests go: sessions and clients of AWS's services, or of the emulator's endpoint."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from runner.errors import InputError
from shared import settings

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

FUNCTION_NAMES = {"response": "response-lambda", "windows": "timewindow-lambda"}
"""The functions as the README's commands set them up."""

EMULATOR_FUNCTION_NAME = "function"
"""The only one that the emulator knows."""

REGION = settings.ARCHIVE_REGION
"""The region of the archive, and so of the functions."""

CONNECTIONS = 16
"""How many objects are asked for at the same time."""

_LONGEST_CALL_S = 960  # a function may run for 900 s, and must first have started
_CONNECT_TIMEOUT_S = 10
_QUEUE_URL = re.compile(r"https?://")
_REGION_OF_URL = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com")


@dataclass(frozen=True)
class Target:
    """Where requests go.

    Attributes:
        command: "response" or "windows".
        function_name: of the function; None is the default's.
        region, profile: of the AWS configuration; None is its own.
        endpoint_url: of the emulator, say; None is AWS's.
        queue: the queue's name or URL; None calls the function.
    """

    command: str
    function_name: str | None = None
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    queue: str | None = None

    @property
    def function(self) -> str:
        """The function's name."""
        if self.function_name:
            return self.function_name
        return EMULATOR_FUNCTION_NAME if self.endpoint_url else FUNCTION_NAMES[self.command]

    @property
    def target(self) -> str:
        """Who gets the requests, in words."""
        at = f" at {self.endpoint_url}" if self.endpoint_url else ""
        return f"the queue {self.queue}{at}" if self.queue else f"the function {self.function}{at}"

    def lambda_client(self, connections: int) -> "LambdaClient":
        """Lambda's client, with as many connections as there are calls at the same time.

        Raises:
            InputError: the endpoint is no URL. So do the other clients.
        """
        session, config = self._session(), self._config(connections, _LONGEST_CALL_S)
        if self.endpoint_url and session.get_credentials() is None:
            # The emulator asks for no credentials, so none need be there.
            config = config.merge(Config(signature_version=UNSIGNED))
        region = self._region(session)
        with _endpoint_checked():
            return session.client(
                "lambda", endpoint_url=self.endpoint_url, region_name=region, config=config
            )

    def sqs_client(self, connections: int) -> "SQSClient":
        """The client of the queue's service."""
        session, config = self._session(), self._config(connections)
        of_url = _REGION_OF_URL.match(self.queue or "")
        region = of_url[1] if of_url and not self.region else self._region(session)
        with _endpoint_checked():
            return session.client(
                "sqs", endpoint_url=self.endpoint_url, region_name=region, config=config
            )

    def queue_url(self, client: "SQSClient") -> str:
        """The queue's URL; a name is asked for."""
        queue = self.queue or ""
        if _QUEUE_URL.match(queue):
            return queue
        return client.get_queue_url(QueueName=queue)["QueueUrl"]

    def archive_client(self) -> "S3Client":
        """S3's client for the public archive: unsigned, so that no credentials are needed."""
        config = Config(signature_version=UNSIGNED, max_pool_connections=CONNECTIONS)
        with _endpoint_checked():
            return self._session().client("s3", region_name=settings.region(), config=config)

    def output_client(self) -> "S3Client":
        """S3's client for the bucket of the results."""
        session = self._session()
        config = Config(max_pool_connections=CONNECTIONS)
        with _endpoint_checked():
            return session.client("s3", region_name=self._region(session), config=config)

    def _session(self) -> boto3.Session:
        return boto3.Session(profile_name=self.profile, region_name=self.region)

    def _region(self, session: boto3.Session) -> str:
        return session.region_name or REGION

    def _config(self, connections: int, read_timeout_s: float = 60) -> Config:
        return Config(
            connect_timeout=_CONNECT_TIMEOUT_S,
            read_timeout=read_timeout_s,
            # What is worth another try is our own choice: see `runner.sending.retry`.
            retries={"total_max_attempts": 1},
            max_pool_connections=max(connections, 1),
            tcp_keepalive=True,  # routers forget connections that are silent for minutes
        )


@contextmanager
def _endpoint_checked() -> Iterator[None]:
    try:
        yield
    except ValueError as error:  # what botocore says of an endpoint that is no URL
        raise InputError(f"{error}: must be a URL such as http://127.0.0.1:9000") from error
