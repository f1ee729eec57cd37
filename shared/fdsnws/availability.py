"""The service availability: continuous spans (`query`) and extents (`extent`) of channels.

Exact spans are read from the headers of records, see `shared.holdings.day_spans`. Where that takes
too much, extents come from the first and the last record of the days, and their spans are not
counted. Of a whole network, they come from the index of each day. Open times take all days of the
archive, as far as the limits allow.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from shared import limits
from shared.archive import input_archive
from shared.archive.archive import DayObject
from shared.archive.channel_id import ChannelId
from shared.errors import BadRequestError, TooLargeError
from shared.fdsnws._availability_rows import (
    Merging,
    Row,
    cut_rows,
    extent_rows,
    order_rows,
    select_rows,
    span_rows,
)
from shared.fdsnws._availability_text import (
    Columns,
    as_geocsv,
    as_json,
    as_request,
    as_text,
)
from shared.fdsnws._index_extents import index_extents
from shared.fdsnws.parameters import CODES
from shared.fdsnws.request import FdsnRequest, nodata
from shared.holdings.day_spans import (
    DaySpans,
    check_bytes,
    edge_spans,
    find_versions,
    read_spans,
    recall_spans,
)
from shared.holdings.resolve import ChannelDays, select_days
from shared.reply import Reply
from shared.version import VERSION
from shared.waveforms.day_headers import DayVersion
from shared.windows.headers import warnings_header
from shared.wording import first_few

_MOST_SPANS = 100_000
"""Spans of a channel that has more are left out, or refused: see `excludetoolarge`."""

_SHARE_OF_EXTENTS = 0.25
"""The part of `limits.max_headers` that is read to count the spans of extents."""


def query(request: FdsnRequest) -> Reply:
    """Return the continuous spans of channels.

    Raises:
        BadRequestError: a GET has no code, or as of `select_days`.
        S3Error: S3 could not be reached, or refused.
        SettingsError: a setting is not valid.
        TooLargeError: the request takes too many days, objects or bytes, or a channel has too many
            spans.
    """
    if request.http.method != "POST" and not request.given & {*CODES}:
        raise BadRequestError(
            "there is no network, station, location or channel: give one of them or more",
            field="network",
        )
    selected = select_days(input_archive(), request.selections)
    _check_objects(selected)
    found = _Found.of(selected)
    found.read()
    rows = [
        row
        for channel, own in _span_rows(request, found, _merging(request)).items()
        for row in select_rows(own, found.selected[channel])
    ]
    updated = "latestupdate" in request.values["show"]
    columns = Columns(_merging(request), updated, is_extent=False)
    return _answer(request, rows, found.selected, columns)


def extent(request: FdsnRequest) -> Reply:
    """Return the earliest and the latest sample of channels.

    Of more day objects than one request may read, the archive's index gives the days instead. The
    answer says so in `X-Warnings`, and its rows have neither quality nor the number of spans.

    Raises:
        BadRequestError, S3Error, SettingsError, TooLargeError: as of `query`.
    """
    selected = select_days(input_archive(), request.selections)
    if _needs_index(request, selected):
        return _index_answer(request, selected)
    _check_objects(selected)
    found = _Found.of(selected)
    is_exact = found.read_if_small()
    merging = _merging(request)
    rows: list[Row] = []
    for channel, own in _span_rows(request, found, Merging()).items():
        selected_days = found.selected[channel]
        if is_exact:
            rows += extent_rows(select_rows(own, selected_days), merging, is_exact=True)
        else:  # single records need not reach into the requested time
            rows += select_rows(extent_rows(own, merging, is_exact=False), selected_days)
    columns = Columns(merging, updated=True, is_extent=True)
    return _answer(request, rows, found.selected, columns)


def _needs_index(request: FdsnRequest, selected: Sequence[ChannelDays]) -> bool:
    """Return whether there are more objects than one may read, but few enough indexes of days."""
    if _count_objects(selected) <= limits.max_objects() or "*" not in request.values["quality"]:
        return False
    return len({day for each in selected for day in each.days}) <= limits.max_index_days()


def _index_answer(request: FdsnRequest, selected: Sequence[ChannelDays]) -> Reply:
    merging = _merging(request)
    rows = index_extents(input_archive(), request.selections, selected, rates=not merging.rate)
    by_channel = {each.channel: each for each in selected}
    columns = Columns(merging, updated=True, is_extent=True)
    reply = _answer(request, rows, by_channel, columns)
    return replace(reply, headers=warnings_header([_to_the_day(selected)])) if rows else reply


def _to_the_day(selected: Sequence[ChannelDays]) -> str:
    return (
        f"Earliest and Latest are exact to the day, by the archive's index: {len(selected):,}"
        f" channels have {_count_objects(selected):,} days, and the samples of at most"
        f" {limits.max_objects():,} are looked for (MAX_OBJECTS)"
    )


@dataclass
class _Found:
    """The channels of a request, and the spans of their day objects that are known so far."""

    selected: Mapping[ChannelId, ChannelDays]
    unread: dict[DayObject, DayVersion]
    known: dict[DayObject, DaySpans]

    @classmethod
    def of(cls, selected: Sequence[ChannelDays]) -> "_Found":
        archive = input_archive()
        versions = find_versions(
            archive.day_object(each.channel, day) for each in selected for day in each.days
        )
        known = recall_spans(versions)
        unread = {each: versions[each] for each in versions if each not in known}
        return cls({each.channel: each for each in selected}, unread, known)

    def read(self) -> None:
        self.known |= read_spans(self.unread)

    def read_if_small(self) -> bool:
        """Read the exact spans if that takes little, else the edges; return which."""
        try:
            check_bytes(self.unread, _SHARE_OF_EXTENTS)
        except TooLargeError:
            self.known |= edge_spans(self.unread)
            return False
        self.read()
        return True

    def days(self, channel: ChannelId) -> list[DaySpans]:
        archive = input_archive()
        objects = (archive.day_object(channel, day) for day in self.selected[channel].days)
        return [self.known[each] for each in objects if each in self.known]


def _count_objects(selected: Sequence[ChannelDays]) -> int:
    return sum(len(each.days) for each in selected)


def _check_objects(selected: Sequence[ChannelDays]) -> None:
    objects, limit = _count_objects(selected), limits.max_objects()
    if objects > limit:
        raise TooLargeError(
            f"the request takes {objects:,} channel days ({len(selected):,} channels): at most"
            f" {limit:,} in one request (MAX_OBJECTS); ask for fewer channels, or for at most"
            f" {max(1, limit // len(selected)):,} days",
            objects=objects,
            limit=limit,
        )


def _merging(request: FdsnRequest) -> Merging:
    merged = request.values["merge"]
    gap_ns = round(min(request.values.get("mergegaps", 0.0), 1e9) * 1e9)
    return Merging("quality" in merged, "samplerate" in merged, "overlap" in merged, gap_ns)


def _span_rows(request: FdsnRequest, found: _Found, merging: Merging) -> dict[ChannelId, list[Row]]:
    """Return the spans of all channels but those with too many.

    Raises:
        TooLargeError: a channel has too many, and none is left out, or no other channel has any.
    """
    rows: dict[ChannelId, list[Row]] = {}
    too_many: list[str] = []
    for channel in found.selected:
        own = span_rows(channel, found.days(channel), request.values["quality"], merging)
        if len(own) > _MOST_SPANS:
            too_many.append(channel.seed_id)
        elif own:
            rows[channel] = own
    if too_many and not (rows and request.values["excludetoolarge"]):
        raise TooLargeError(
            f"{first_few(too_many)}: more than {_MOST_SPANS:,} time spans; ask for less time, or"
            " join spans with mergegaps",
            channels=too_many[:100],
            limit=_MOST_SPANS,
        )
    return rows


def _answer(
    request: FdsnRequest,
    rows: Sequence[Row],
    selected: Mapping[ChannelId, ChannelDays],
    columns: Columns,
) -> Reply:
    values: Mapping[str, Any] = request.values
    ordered = order_rows(rows, values["orderby"])
    if values["format"] == "request":
        ordered = list(cut_rows(ordered, selected))
    if values["limit"] is not None:
        ordered = ordered[: values["limit"]]
    if not ordered:
        return nodata(request)
    content = repr((VERSION, values["format"], columns, ordered)).encode()
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    if values["format"] == "request":
        return Reply(as_request(ordered), etag=etag)
    write = {"geocsv": as_geocsv, "json": as_json}.get(values["format"], as_text)
    return Reply(write(ordered, columns), etag=etag)
