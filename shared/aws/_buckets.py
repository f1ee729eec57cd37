"""Whether buckets can be listed: it decides the meaning of a refused read.

S3 answers 404 for a missing object only to readers who may list the bucket. To all others it
answers 403, as for an object that they may not read.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
"""

import logging
from enum import Enum
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from botocore.exceptions import BotoCoreError, ClientError

from shared.aws._attempts import Attempts, NoTimeError
from shared.aws.s3_codes import ABSENT, FORBIDDEN, NO_BUCKET, error_code

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

logger = logging.getLogger(__name__)


class Listing(Enum):
    """Whether a bucket can be listed."""

    ALLOWED = "allowed"
    REFUSED = "refused"
    NO_BUCKET = "no such bucket"
    UNKNOWN = "unknown"


_known: "WeakKeyDictionary[S3Client, dict[str, Listing]]" = WeakKeyDictionary()
"""The results by client and bucket; a container has one client of a kind."""


def listing(s3: "S3Client", bucket: str) -> Listing:
    """Return whether a bucket can be listed.

    S3 is asked at first need, by each of the threads that need it then, and once it has answered
    no more.

    Args:
        s3: the client of the reads.
        bucket: the bucket's name.
    """
    known = _known.setdefault(s3, {})
    if bucket not in known:
        found = _ask(s3, bucket)
        if found is Listing.UNKNOWN:
            return found
        if found is Listing.REFUSED:
            logger.warning("s3://%s cannot be listed: 403 is taken for a missing object", bucket)
        known[bucket] = found
    return known[bucket]


def note_absent(s3: "S3Client", bucket: str) -> None:
    """Remember that S3 has answered 404 for an object, which shows that listing is allowed."""
    _known.setdefault(s3, {})[bucket] = Listing.ALLOWED


def _ask(s3: "S3Client", bucket: str) -> Listing:
    try:
        Attempts().repeat(lambda: s3.list_objects_v2(Bucket=bucket, MaxKeys=1))
    except ClientError as error:
        code = error_code(error)
        if code in ABSENT | {NO_BUCKET}:
            return Listing.NO_BUCKET
        return Listing.REFUSED if code in FORBIDDEN else Listing.UNKNOWN
    except (BotoCoreError, NoTimeError, ValueError):
        return Listing.UNKNOWN
    return Listing.ALLOWED
