"""The environment variables of this project, checked and typed.

botocore reads its own variables for endpoints, region, credentials and retries
(``AWS_ENDPOINT_URL_S3``, ``AWS_DEFAULT_REGION``, ``AWS_ACCESS_KEY_ID``, ``AWS_MAX_ATTEMPTS``, ...).
"""

import os
import re

from shared.errors import SettingsError

DEFAULT_ARCHIVE = "scedc"

DEFAULT_REGION = "us-west-2"
"""The region of the functions where the environment names none: the default archive's own."""

DEFAULT_EXAMPLE_WINDOW = "CI.BOM..BHZ 2024-01-01T00:00:00"
"""The channel and the time of the default archive that examples name."""

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
_BUCKET_NAME = re.compile(r"(?!.*\.\.)(?!\d+(?:\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def archive_name() -> str:
    """Return the name of the archive to read from: ``ARCHIVE``, "scedc" if not set."""
    return os.environ.get("ARCHIVE") or DEFAULT_ARCHIVE


def input_bucket_if_set() -> str | None:
    """Return the bucket to read from in place of the archive's own: ``S3_INPUT_BUCKET``.

    Returns:
        None if it is not set.

    Raises:
        SettingsError: it is set to something that cannot be a bucket's name.
    """
    name = os.environ.get("S3_INPUT_BUCKET")
    return _bucket("S3_INPUT_BUCKET", name) if name else None


def output_bucket() -> str:
    """Return the bucket to write to: ``S3_OUTPUT_BUCKET``.

    Raises:
        SettingsError: it is not set, or set to something that cannot be a bucket's name.
    """
    name = os.environ.get("S3_OUTPUT_BUCKET")
    if not name:
        raise SettingsError(
            "S3_OUTPUT_BUCKET is not set: set it to the name of the bucket that receives results",
            setting="S3_OUTPUT_BUCKET",
        )
    return _bucket("S3_OUTPUT_BUCKET", name)


def output_bucket_if_set() -> str | None:
    """Return the bucket to write to: ``S3_OUTPUT_BUCKET``, None if it is not set.

    Raises:
        SettingsError: it is set to something that cannot be a bucket's name.
    """
    return output_bucket() if os.environ.get("S3_OUTPUT_BUCKET") else None


def large_reply_bucket() -> str | None:
    """Return the bucket for replies that exceed Lambda's limit; None refuses such replies.

    It is ``S3_OUTPUT_BUCKET``, unless ``STORE_LARGE_REPLIES`` is "no": a link lets anyone download
    a reply any number of times, at the expense of the bucket's owner.

    Raises:
        SettingsError: ``STORE_LARGE_REPLIES`` is neither "yes" nor "no", or the bucket is set to
            something that cannot be a bucket's name.
    """
    stored = os.environ.get("STORE_LARGE_REPLIES") or "yes"
    if stored not in ("yes", "no"):
        raise SettingsError(
            f'STORE_LARGE_REPLIES is {stored[:80]!r}: must be "yes" or "no"',
            setting="STORE_LARGE_REPLIES",
        )
    return output_bucket_if_set() if stored == "yes" else None


def example_window() -> str:
    """Return a channel and a time that the archive has, for examples: ``EXAMPLE_WINDOW``."""
    return os.environ.get("EXAMPLE_WINDOW") or DEFAULT_EXAMPLE_WINDOW


def archive_source() -> str:
    """Return where the archive's metadata come from, for StationXML: ``ARCHIVE_SOURCE``.

    Returns:
        Words or a URL; "" if it is not set, for the archive's bucket.
    """
    return os.environ.get("ARCHIVE_SOURCE", "")


def dead_letter_queue_url() -> str | None:
    """Return the URL of the dead-letter queue: ``DEAD_LETTER_QUEUE_URL``, None if not set."""
    return os.environ.get("DEAD_LETTER_QUEUE_URL") or None


def max_receive_count() -> int | None:
    """Return how often the queue delivers a message: ``MAX_RECEIVE_COUNT``, None if not set.

    It repeats the queue's own ``maxReceiveCount``, which SQS does not pass on to a function.

    Raises:
        SettingsError: it is not a whole number from 1 to 1000.
    """
    return _number("MAX_RECEIVE_COUNT", 1000, "the queue's maxReceiveCount, 1 to 1000")


def max_attempts() -> int | None:
    """Return how often a request to AWS is sent at most: ``AWS_MAX_ATTEMPTS``, None if not set.

    It is botocore's own variable. botocore repeats requests without regard to the time left, so
    `shared.aws` does that in its place.

    Raises:
        SettingsError: it is not a whole number from 1 to 1000.
    """
    return _number("AWS_MAX_ATTEMPTS", 1000, "a number of attempts, 1 to 1000")


def function_name() -> str:
    """Return the name of the Lambda function; "local" anywhere else."""
    return os.environ.get("AWS_LAMBDA_FUNCTION_NAME") or "local"


def function_version() -> str:
    """Return the version of the Lambda function, such as "$LATEST"; "local" anywhere else."""
    return os.environ.get("AWS_LAMBDA_FUNCTION_VERSION") or "local"


def starts_from_snapshot() -> bool:
    """Return whether Lambda starts containers from a snapshot of this process (SnapStart).

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "snap-start"


def starts_ahead() -> bool:
    """Return whether Lambda starts containers before there are requests (provisioned concurrency).

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    return os.environ.get("AWS_LAMBDA_INITIALIZATION_TYPE") == "provisioned-concurrency"


def whole_number(setting: str, default: int, largest: int = 999_999_999, unit: str = "") -> int:
    """Return a whole number from the environment, such as a limit of `shared.limits`.

    Args:
        setting: the variable.
        default: its value where it is not set.
        largest: the largest one allowed.
        unit: its unit, for the error; "" for a number without one.

    Raises:
        SettingsError: it is not a whole number from 1 to `largest`.
    """
    if not os.environ.get(setting):
        return default
    number = f"a whole number of {unit}, from" if unit else "a whole number from"
    return _number(setting, largest, f"{number} 1 to {largest:,}") or default


def memory_size_mb() -> int | None:
    """Return the memory of the Lambda function in MB; None anywhere else.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
    """
    text = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "")
    return int(text) if re.fullmatch(r"[0-9]{1,6}", text) else None


def region(default: str = DEFAULT_REGION) -> str:
    """Return the AWS region of the environment; the default where it names none."""
    return os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or default


def _number(setting: str, largest: int, right: str) -> int | None:
    """Return a whole number from 1 on, None if it is not set; `right` describes a valid one."""
    text = os.environ.get(setting)
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", text) or not 1 <= int(text) <= largest:
        raise SettingsError(f"{setting} is {text[:80]!r}: must be {right}", setting=setting)
    return int(text)


def _bucket(setting: str, name: str) -> str:
    if not _BUCKET_NAME.fullmatch(name):
        raise SettingsError(
            f"{setting} is {name!r}: not a bucket's name (no s3://, no path)", setting=setting
        )
    return name
