"""What the environment says, in one typed place.

Endpoint, region, credentials and retries are botocore's own variables (``AWS_ENDPOINT_URL_S3``,
``AWS_DEFAULT_REGION``, ``AWS_ACCESS_KEY_ID``, ``AWS_MAX_ATTEMPTS``, ...), read by botocore.
"""

import os
import re

from shared.errors import SettingsError

ARCHIVE_BUCKET = "scedc-pds"
"""The public bucket of the SCEDC Open Data Set."""

ARCHIVE_REGION = "us-west-2"
"""Where that bucket lies; used where the environment names no region."""

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET_NAME = re.compile(r"(?!.*\.\.)(?!\d+(?:\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def input_bucket() -> str:
    """The bucket to read from: ``S3_INPUT_BUCKET``, else the public archive.

    Raises:
        SettingsError: it is set to something that cannot be a bucket's name.
    """
    return _bucket("S3_INPUT_BUCKET", os.environ.get("S3_INPUT_BUCKET") or ARCHIVE_BUCKET)


def output_bucket() -> str:
    """The bucket to write to: ``S3_OUTPUT_BUCKET``.

    Raises:
        SettingsError: it is not set, or to something that cannot be a bucket's name.
    """
    name = os.environ.get("S3_OUTPUT_BUCKET")
    if not name:
        raise SettingsError(
            "S3_OUTPUT_BUCKET is not set: set it to the name of the bucket that receives results",
            setting="S3_OUTPUT_BUCKET",
        )
    return _bucket("S3_OUTPUT_BUCKET", name)


def output_bucket_if_set() -> str | None:
    """The bucket to write to, where there is one: ``S3_OUTPUT_BUCKET``, None if it is not set.

    Raises:
        SettingsError: it is set to something that cannot be a bucket's name.
    """
    return output_bucket() if os.environ.get("S3_OUTPUT_BUCKET") else None


def dead_letter_queue_url() -> str | None:
    """The queue for messages that failed for good: ``DEAD_LETTER_QUEUE_URL``, None if not set."""
    return os.environ.get("DEAD_LETTER_QUEUE_URL") or None


def max_receive_count() -> int | None:
    """How often the queue hands out a message: ``MAX_RECEIVE_COUNT``, None if it is not set.

    It is the queue's own ``maxReceiveCount``, of which a function is not told.

    Raises:
        SettingsError: it is set to something else than a number from 1 to 1,000.
    """
    text = os.environ.get("MAX_RECEIVE_COUNT")
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= 1000:
        raise SettingsError(
            f"MAX_RECEIVE_COUNT is {text!r}: must be the queue's maxReceiveCount, 1 to 1000",
            setting="MAX_RECEIVE_COUNT",
        )
    return int(text)


def memory_size_mb() -> int | None:
    """The function's memory in MB, as Lambda says; None where it does not.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    text = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def region() -> str:
    """The AWS region of our clients: the environment's, else the archive's own."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or ARCHIVE_REGION


def _bucket(setting: str, name: str) -> str:
    if not _BUCKET_NAME.fullmatch(name):
        raise SettingsError(
            f"{setting} is {name!r}: not a bucket's name (no s3://, no path)", setting=setting
        )
    return name
