"""S3 and SQS on this machine: moto's HTTP server, one endpoint for both."""

from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import boto3
from moto.backends import get_backend
from moto.moto_server.werkzeug_app import (
    DomainDispatcherApplication,
    MotoRequestHandler,
    create_backend_app,
)
from werkzeug.wrappers import Request, Response

from local.cloud.object_reads import read_object
from local.cloud.results_folder import ResultsFolder
from local.cloud.s3_front import Answer, Front, KeptInMemory, kept
from local.cloud.waveform_index import IndexedBucket, is_index
from local.cloud.wsgi_server import WsgiServer
from runner.sending.local_services import LocalServices
from shared.archive.scedc import SCEDC

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

OUTPUT_BUCKET = LocalServices.BUCKET


def function_environment(endpoint_url: str) -> dict[str, str]:
    """Return the environment variables that make a function use an `S3Server`."""
    return {
        "AWS_ENDPOINT_URL_S3": endpoint_url,
        "AWS_ENDPOINT_URL_SQS": endpoint_url,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "S3_OUTPUT_BUCKET": OUTPUT_BUCKET,
    }


class S3Server:
    """An S3 server with an empty archive bucket and an empty output bucket; SQS has no queues.

    As on AWS, unsigned requests can read public objects alone. The archive's objects are public.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 takes any free port.
        archive: answers requests for the archive's objects; None keeps them in memory.
        results: the folder of the output bucket; None keeps its objects in memory.

    Attributes:
        client: an S3 client with credentials.
        sqs: an SQS client.
        has_indexes: whether an archive in memory has the index of each day's waveforms.
        port: where it listens.
        endpoint_url: the endpoint of both services.

    On entering, a port that is taken raises the `PortError` of `wsgi_server`.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        archive: Answer | None = None,
        results: ResultsFolder | None = None,
    ) -> None:
        self._host = host
        behind = DomainDispatcherApplication(create_backend_app)
        answers = {SCEDC.bucket: archive or self._answer_index}
        if results:
            answers[OUTPUT_BUCKET] = kept(OUTPUT_BUCKET, results, behind)
        self._server = WsgiServer(Front(behind, answers), port, host, MotoRequestHandler)
        self.client: S3Client
        self.sqs: SQSClient
        self.port = port
        self.endpoint_url = ""
        self.has_indexes = True

    def __enter__(self) -> "S3Server":
        self._server.__enter__()
        self.port = self._server.port
        self.endpoint_url = f"http://{self._host}:{self.port}"
        session = boto3.Session("local", "local", region_name=SCEDC.region)
        self.client = session.client("s3", endpoint_url=self.endpoint_url)
        self.sqs = session.client("sqs", endpoint_url=self.endpoint_url)
        for bucket in (SCEDC.bucket, OUTPUT_BUCKET):
            self.client.create_bucket(
                Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"}
            )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.__exit__(kind, error, traceback)
        for service in ("s3", "sqs"):  # whose contents are the process's, not the server's
            get_backend(service).reset()

    def _answer_index(self, key: str, request: Request) -> Response | None:
        """Answer a request for the index of a day's waveforms that was not put into the archive."""
        if request.method not in ("GET", "HEAD") or not (self.has_indexes and is_index(key)):
            return None
        kept = KeptInMemory(SCEDC.bucket)
        bucket = IndexedBucket(kept, SCEDC)
        if kept.find(key) or not bucket.find(key):
            return None
        return read_object(bucket, key, request)

    @property
    def function_environment(self) -> dict[str, str]:
        """The environment variables that make a function use this server."""
        return function_environment(self.endpoint_url)

    def put(self, key: str, body: bytes) -> None:
        """Put a public object into the archive."""
        self.client.put_object(Bucket=SCEDC.bucket, Key=key, Body=body, ACL="public-read")

    def put_folder(self, folder: Path) -> None:
        """Put a folder's miniSEED and StationXML files into the archive; paths become keys."""
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".ms", ".xml"):
                self.put(path.relative_to(folder).as_posix(), path.read_bytes())

    def get(self, uri: str) -> bytes:
        """Return the content of the object s3://BUCKET/KEY."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
