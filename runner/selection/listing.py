"""List the channels that the archive has on a day, by object name prefix."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import RunError
from runner.sending.workers import detached_pool
from shared.archive import scedc
from shared.archive.channel_id import ChannelId
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
    bucket: str,
    prefixes: Mapping[Day, Iterable[str]],
    on_listed: Callable[[], object],
) -> dict[Day, Listing]:
    """List several days of the archive in parallel.

    Args:
        client: S3 client.
        bucket: bucket of the archive.
        prefixes: prefixes of the object names to list, by day.
        on_listed: called after each day.

    Raises:
        RunError: S3 cannot be reached or refused the request.
    """
    listings: dict[Day, Listing] = {}
    with detached_pool(CONCURRENT_DAYS, "listing") as pool:
        results = pool.map(partial(_list_day, client, bucket), prefixes, prefixes.values())
        for day, listing in zip(prefixes, results, strict=True):
            listings[day] = listing
            on_listed()
    return listings


def _list_day(client: "S3Client", bucket: str, day: Day, prefixes: Iterable[str]) -> Listing:
    listing = Listing()
    for prefix in _shortest(prefixes):
        for name in _names(
            client, bucket, f"continuous_waveforms/{scedc.day_folder(day)}/", prefix
        ):
            try:
                channel, named_day = scedc.parse_waveform_name(name)
            except BadRequestError:
                named_day = None
            if named_day == day:
                listing.channels.append(channel)
            else:
                listing.ignored.append(name)
    return listing


def _shortest(prefixes: Iterable[str]) -> list[str]:
    """Drop prefixes that start with another one, so that nothing is listed twice."""
    kept: list[str] = []
    for prefix in sorted(set(prefixes)):
        if not kept or not prefix.startswith(kept[-1]):
            kept.append(prefix)
    return kept


def _names(client: "S3Client", bucket: str, folder: str, prefix: str) -> Iterator[str]:
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=bucket, Prefix=f"{folder}{prefix}"
    )
    try:
        for page in pages:
            for item in page.get("Contents", []):
                yield item["Key"].removeprefix(folder)
    except (BotoCoreError, ClientError) as error:
        raise RunError(f"could not list s3://{bucket}/{folder}{prefix}*: {error}") from error
