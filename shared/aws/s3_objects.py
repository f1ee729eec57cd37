"""The objects that `s3_read` reads: public ones, and those of the output bucket."""

from dataclasses import dataclass
from typing import Protocol

from shared import limits, settings


class S3Object(Protocol):
    """A public object of S3."""

    @property
    def bucket(self) -> str:
        """The bucket's name."""

    @property
    def region(self) -> str:
        """The AWS region of the bucket; used where the environment names none."""

    @property
    def key(self) -> str:
        """The object's key."""

    @property
    def uri(self) -> str:
        """The object's S3 URI, s3://BUCKET/KEY."""

    @property
    def size_limit(self) -> limits.SizeLimit:
        """The largest size at which the object is read."""


@dataclass(frozen=True)
class OutputObject:
    """An object of the output bucket, which the function reads with its credentials.

    Attributes:
        bucket: the bucket's name.
        key: the object's key.
    """

    bucket: str
    key: str

    @property
    def region(self) -> str:
        """The AWS region of the settings."""
        return settings.region()

    @property
    def uri(self) -> str:
        """The object's S3 URI, s3://BUCKET/KEY."""
        return f"s3://{self.bucket}/{self.key}"

    @property
    def size_limit(self) -> limits.SizeLimit:
        """The largest size at which the object is read: that of a day."""
        return limits.max_day()
