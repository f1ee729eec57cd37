"""List public S3 objects by prefix.

Requests are unsigned, as those of `s3_read`.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shared import settings
from shared.aws._requests import Target, request

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@dataclass(frozen=True)
class ListedObject:
    """An object as a listing shows it.

    Attributes:
        key: the object's key.
        etag: its ETag, as GET has it.
        size: its size in bytes.
        modified_ns: the time of its last change in ns since 1970, to the second.
    """

    key: str
    etag: str
    size: int
    modified_ns: int


def list_objects(bucket: str, prefix: str, region: str) -> Iterator[ListedObject]:
    """Yield the objects whose keys begin with a prefix, in the order of their keys.

    Each page has up to a thousand keys and takes one request.

    Args:
        bucket: the bucket's name.
        prefix: the prefix.
        region: the AWS region of the bucket; used where the environment names none.

    Raises:
        S3Error: S3 could not be reached, or refused; `details` then has its code.
    """
    for page in _pages(bucket, {"Prefix": prefix}, region):
        for item in page.get("Contents", []):
            modified_ns = int(item["LastModified"].timestamp()) * 10**9
            yield ListedObject(item["Key"], item.get("ETag", ""), item["Size"], modified_ns)


def list_folders(bucket: str, prefix: str, region: str) -> Iterator[str]:
    """Yield the folders directly below a prefix, each with its slash at the end.

    Raises:
        S3Error: as of `list_objects`.
    """
    for page in _pages(bucket, {"Prefix": prefix, "Delimiter": "/"}, region):
        for item in page.get("CommonPrefixes", []):
            yield item["Prefix"]


def _pages(bucket: str, selection: dict[str, Any], region: str) -> Iterator[dict[str, Any]]:
    target = Target(
        bucket, f"{selection['Prefix']}*", signed=False, region=settings.region(default=region)
    )
    more: dict[str, Any] = {}
    while True:

        def send(s3: "S3Client", more: dict[str, Any] = more) -> dict[str, Any]:
            answer: Any = s3.list_objects_v2(Bucket=bucket, **selection, **more)
            return dict(answer)

        page = request("list", target, send)
        yield page
        token = page.get("NextContinuationToken")
        if not page.get("IsTruncated") or not token:
            return
        more = {"ContinuationToken": token}
