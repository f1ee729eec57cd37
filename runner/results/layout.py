"""Where fetched results go: below a folder, as in the bucket or as in an SDS archive."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from runner.errors import CallError, InputError
from runner.sending.fetch import split_uri
from shared.corrected_days.request import CorrectedDayRequest

LAYOUTS = ("archive", "sds")
"""Names of the layouts, the default first."""


@dataclass(frozen=True)
class Place:
    """A folder of results.

    Attributes:
        folder: the folder, which need not exist.
        layout: "archive", like None, has the bucket's keys as paths. "sds" is SeisComP's,
            https://www.seiscomp.de/seiscomp3/doc/applications/slarchive/SDS.html.
    """

    folder: Path
    layout: str | None = None

    def files(self, uris: Mapping[CorrectedDayRequest, str]) -> dict[Path, CorrectedDayRequest]:
        """Return the file of each result; a result that is named twice has one.

        Args:
            uris: the results, s3://BUCKET/KEY, by request.

        Raises:
            InputError: two results have the same file, or a key leads out of the folder.
        """
        files: dict[Path, CorrectedDayRequest] = {}
        for request, uri in uris.items():
            path = self._path(request, uri)
            if (other := uris[files.setdefault(path, request)]) != uri:
                raise InputError(
                    f"{other} and {uri} would both be {path}: fetch them into two folders"
                )
        return files

    def _path(self, request: CorrectedDayRequest, uri: str) -> Path:
        try:
            key = split_uri(uri)[1]
        except CallError as error:
            raise InputError(error.message) from error
        path = self.folder / (key if self.layout != "sds" else sds_path(request))
        if not Path(os.path.normpath(path)).is_relative_to(os.path.normpath(self.folder)):
            raise InputError(f"{uri}: its key leads out of {self.folder}")
        return path


def uris_in(bucket: str, requests: Iterable[CorrectedDayRequest]) -> dict[CorrectedDayRequest, str]:
    """Return where a bucket has the results of requests, s3://BUCKET/KEY, by request."""
    return {request: f"s3://{bucket}/{request.output_key}" for request in requests}


def sds_path(request: CorrectedDayRequest) -> str:
    """Return the path of a channel day, YEAR/NET/STA/CHA.D/NET.STA.LOC.CHA.D.YEAR.DAY."""
    channel, day = request.channel, request.day
    kind = f"{channel.channel}.D"
    name = f"{channel.network}.{channel.station}.{channel.location}.{kind}"
    folder = f"{day.year:04d}/{channel.network}/{channel.station}/{kind}"
    return f"{folder}/{name}.{day.year:04d}.{day.day_of_year:03d}"
