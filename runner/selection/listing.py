"""List the channels that the archive has on a day, by key prefix."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import RunError
from runner.sending.retry import explained
from runner.sending.workers import detached_pool
from shared.archive.archive import Archive
from shared.archive.channel_id import ChannelId
from shared.archive.channel_patterns import ChannelPattern
from shared.archive.day import Day
from shared.errors import BadRequestError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

CONCURRENT_DAYS = 8
"""Number of days that are listed in parallel."""


@dataclass
class Listing:
    """Contents of the archive on one day.

    Attributes:
        channels: in the order of their object names.
        ignored: object names that do not belong to a channel day.
    """

    channels: list[ChannelId] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def list_days(
    client: "S3Client",
    archive: Archive,
    patterns: Mapping[Day, Iterable[ChannelPattern]],
    on_listed: Callable[[], object],
) -> dict[Day, Listing]:
    """List several days of the archive in parallel.

    Args:
        client: S3 client.
        archive: the archive.
        patterns: patterns of the channels to list, by day.
        on_listed: called after each day.

    Raises:
        RunError: S3 cannot be reached or refused the request.
    """
    listings: dict[Day, Listing] = {}
    with detached_pool(CONCURRENT_DAYS, "listing") as pool:
        results = pool.map(partial(_list_day, client, archive), patterns, patterns.values())
        for day, listing in zip(patterns, results, strict=True):
            listings[day] = listing
            on_listed()
    return listings


def _list_day(
    client: "S3Client", archive: Archive, day: Day, patterns: Iterable[ChannelPattern]
) -> Listing:
    listing = Listing()
    for prefix in archive.listing_prefixes(day, (pattern.codes for pattern in patterns)):
        folder = prefix[: prefix.rfind("/") + 1]
        for key in _keys(client, archive.bucket, prefix):
            try:
                channel, day_of_key = archive.parse_waveform_key(key)
            except BadRequestError:
                listing.ignored.append(key.removeprefix(folder))
            else:
                if day_of_key == day:  # an archive's prefix may span several days
                    listing.channels.append(channel)
    return listing


def _keys(client: "S3Client", bucket: str, prefix: str) -> Iterator[str]:
    pages = client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    try:
        for page in pages:
            for item in page.get("Contents", []):
                yield item["Key"]
    except (BotoCoreError, ClientError) as error:
        raise RunError(f"could not list s3://{bucket}/{prefix}*: {explained(error)}") from error
