"""Which channels the archive has on a day, by listing names that begin alike."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import RunError
from runner.sending.workers import unawaited
from shared.archive import scedc
from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.errors import BadRequestError

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SIDE_BY_SIDE = 8
"""How many days are listed at the same time."""


@dataclass
class Listing:
    """What the archive has on a day.

    Attributes:
        channels: in the order of their names.
        ignored: names that are no channel's day.
    """

    channels: list[ChannelId] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)


def list_days(
    client: "S3Client",
    bucket: str,
    prefixes: Mapping[Day, Iterable[str]],
    listed: Callable[[], object],
) -> dict[Day, Listing]:
    """List what days have, several days at the same time.

    Args:
        client: of S3.
        bucket: of the archive.
        prefixes: for each day, what the names begin with.
        listed: called after each day.

    Raises:
        RunError: S3 cannot be reached, or refuses.
    """
    listings: dict[Day, Listing] = {}
    with unawaited(SIDE_BY_SIDE, "listing") as pool:
        found = pool.map(partial(_list_day, client, bucket), prefixes, prefixes.values())
        for day, listing in zip(prefixes, found, strict=True):
            listings[day] = listing
            listed()
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
    """The prefixes of which no other one is a part: so nothing is listed twice."""
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
