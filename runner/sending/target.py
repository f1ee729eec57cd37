"""Where requests go: function or queue, on AWS, at an endpoint or here; the clients for it."""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from runner.errors import InputError
from runner.sending.local_services import LocalServices
from shared import settings
from shared.archive.archive import Archive
from shared.archive.registry import input_archive
from shared.archive.scedc import SCEDC

if TYPE_CHECKING:
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

FUNCTION_NAMES = {
    "response": "response-lambda",
    "windows": "timewindow-lambda",
    "station-index": "timewindow-lambda",
}
"""Default function name of each command, as in docs/deployment-by-hand.md."""

EMULATOR_FUNCTION_NAME = "function"
"""The only function name that the emulator accepts."""

REGION = settings.DEFAULT_REGION
"""Default region of the functions."""

S3_CONNECTIONS = 16
"""Maximum number of concurrent requests to S3."""

_LONGEST_CALL_S = 960  # the 900 s that a function may run, and a minute to start
_CONNECT_TIMEOUT_S = 10
_QUEUE_URL = re.compile(r"https?://")
_REGION_OF_URL = re.compile(r"https://sqs\.([a-z0-9-]+)\.amazonaws\.com")


@dataclass(frozen=True)
class Target:
    """Where requests go.

    Attributes:
        command: "response", "windows", "fetch" or "station-index".
        function_name: name of the function; None is the command's default.
        region, profile: of the AWS configuration; None is its default.
        endpoint_url: such as the emulator's; None is AWS.
        queue: name or URL of the queue; None invokes the function.
        local: services of `make serve` in place of all of AWS; None for AWS.
    """

    command: str
    function_name: str | None = None
    region: str | None = None
    profile: str | None = None
    endpoint_url: str | None = None
    queue: str | None = None
    local: LocalServices | None = None

    @property
    def function(self) -> str:
        """The function's name."""
        if self.function_name:
            return self.function_name
        return EMULATOR_FUNCTION_NAME if self.endpoint_url else FUNCTION_NAMES[self.command]

    @property
    def description(self) -> str:
        """The target in words, such as "the function response-lambda"."""
        endpoint = self._functions_url or ""
        at = f" at {endpoint}" if endpoint else ""
        return f"the queue {self.queue}{at}" if self.queue else f"the function {self.function}{at}"

    def lambda_client(self, connections: int) -> "LambdaClient":
        """Return a Lambda client for a number of concurrent calls.

        Raises:
            InputError: the endpoint is not a URL. The other clients raise it as well.
        """
        config = _config(connections, _LONGEST_CALL_S)
        if self._functions_url and self._session.get_credentials() is None:
            # The emulator asks for no credentials, so the user need not have any.
            config = config.merge(Config(signature_version=UNSIGNED))
        client: LambdaClient = self._client("lambda", config, endpoint_url=self._functions_url)
        return client

    def sqs_client(self, connections: int) -> "SQSClient":
        """Return an SQS client for a number of concurrent calls."""
        in_url = _REGION_OF_URL.match(self.queue or "")
        client: SQSClient = self._client(
            "sqs",
            _config(connections),
            region=in_url[1] if in_url and not self.region else None,
            endpoint_url=self._aws_url or self.endpoint_url,
        )
        return client

    def queue_url(self, client: "SQSClient") -> str:
        """Return the queue's URL; ask SQS if only the name is given."""
        queue = self.queue or ""
        if _QUEUE_URL.match(queue):
            return queue
        return client.get_queue_url(QueueName=queue)["QueueUrl"]

    def archive_client(self) -> "S3Client":
        """Return an unsigned S3 client for the public archive, which needs no credentials."""
        config = Config(signature_version=UNSIGNED, max_pool_connections=S3_CONNECTIONS)
        region = settings.region(default=self.archive.region)
        client: S3Client = self._client("s3", config, region=region, endpoint_url=self._aws_url)
        return client

    def output_client(self) -> "S3Client":
        """Return an S3 client for the output bucket."""
        config = Config(max_pool_connections=S3_CONNECTIONS)
        client: S3Client = self._client("s3", config, endpoint_url=self._aws_url)
        return client

    def download_client(self, connections: int) -> "S3Client":
        """Return an S3 client for a number of concurrent downloads, whose caller retries them."""
        client: S3Client = self._client("s3", _config(connections), endpoint_url=self._aws_url)
        return client

    @property
    def archive(self) -> Archive:
        """The archive that the function reads."""
        return SCEDC if self.local else input_archive()

    def output_bucket(self, of_results: str | None) -> str | None:
        """Return the output bucket, as far as it is known.

        Args:
            of_results: the bucket of earlier results.
        """
        if self.local:
            return self.local.BUCKET
        bucket = settings.output_bucket_if_set()
        # The emulator's bucket is not on AWS, or not the same one.
        return bucket if self.endpoint_url else bucket or of_results

    @property
    def _functions_url(self) -> str | None:
        return self.local.functions_url if self.local else self.endpoint_url

    @property
    def _aws_url(self) -> str | None:
        """The endpoint of S3 and SQS; None is AWS."""
        return self.local.aws_url if self.local else None

    @cached_property
    def _session(self) -> boto3.Session:
        if self.local:
            return boto3.Session(*self.local.CREDENTIALS, region_name=self.region or REGION)
        return boto3.Session(profile_name=self.profile, region_name=self.region)

    def _client(
        self,
        service: Any,
        config: Config,
        region: str | None = None,
        endpoint_url: str | None = None,
    ) -> Any:
        """Make a client; by default in the user's region, or else the archive's."""
        region = region or self._session.region_name or REGION
        if self.local:  # a proxy reaches another machine
            config = config.merge(Config(proxies={}))
        try:
            return self._session.client(
                service, region_name=region, endpoint_url=endpoint_url, config=config
            )
        except ValueError as error:  # botocore's, for an endpoint that is not a URL
            raise InputError(f"{error}: must be a URL such as http://127.0.0.1:9000") from error


def _config(connections: int, read_timeout_s: float = 60) -> Config:
    return Config(
        connect_timeout=_CONNECT_TIMEOUT_S,
        read_timeout=read_timeout_s,
        # `runner.sending.retry` decides about retries, instead of botocore.
        retries={"total_max_attempts": 1},
        max_pool_connections=max(connections, 1),
        tcp_keepalive=True,  # routers drop connections that are idle for minutes
    )
