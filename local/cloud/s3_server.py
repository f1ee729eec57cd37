"""S3 and SQS on this machine: moto's, spoken to over HTTP, both at one address."""

import logging
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import boto3
from moto.server import ThreadedMotoServer

from shared.archive.scedc import SCEDC

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_sqs import SQSClient

OUTPUT_BUCKET = "corrected-waveforms"


class S3Server:
    """An S3 server with an empty public archive and an empty output bucket; SQS is empty.

    As AWS does, it shows unsigned readers only what is public, which the archive's objects are.

    Args:
        host: the address to listen on.
        port: the port to listen on; 0 is any that is free.
    """

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self._server = ThreadedMotoServer(host, port, verbose=False)
        self.client: S3Client
        self.sqs: SQSClient
        self.endpoint_url = ""

    def __enter__(self) -> "S3Server":
        logging.getLogger("werkzeug").setLevel(logging.ERROR)  # it logs every request
        self._server.start()
        host, port = self._server.get_host_and_port()
        self.endpoint_url = f"http://{host}:{port}"
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
        self._server.stop()

    @property
    def function_environment(self) -> dict[str, str]:
        """The environment variables with which a function uses this server."""
        return {
            "AWS_ENDPOINT_URL_S3": self.endpoint_url,
            "AWS_ENDPOINT_URL_SQS": self.endpoint_url,
            "AWS_ACCESS_KEY_ID": "local",
            "AWS_SECRET_ACCESS_KEY": "local",
            "S3_OUTPUT_BUCKET": OUTPUT_BUCKET,
        }

    def put(self, key: str, body: bytes) -> None:
        """Put an object into the archive."""
        self.client.put_object(Bucket=SCEDC.bucket, Key=key, Body=body, ACL="public-read")

    def put_folder(self, folder: Path) -> None:
        """Put a folder's miniSEED and StationXML into the archive, under their paths in it."""
        for path in sorted(folder.rglob("*")):
            if path.suffix in (".ms", ".xml"):
                self.put(path.relative_to(folder).as_posix(), path.read_bytes())

    def get(self, uri: str) -> bytes:
        """The content of an object named s3://BUCKET/KEY."""
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        return self.client.get_object(Bucket=bucket, Key=key)["Body"].read()
