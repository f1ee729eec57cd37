"""The result of one request in the user's hands: fetched, drawn, and the line that opens it."""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from runner.commands.fetching import fetch_one
from runner.results.layout import Place
from runner.sending.fetch import split_uri
from runner.sending.target import REGION, Target
from runner.terminal import note
from shared.corrected_days.request import CorrectedDayRequest


def hand_over(
    request: CorrectedDayRequest, uri: str, options: argparse.Namespace, target: Target
) -> None:
    """Fetch and draw a result as far as the options ask for it, and say how ObsPy opens it.

    Args:
        request: the request.
        uri: its result, s3://BUCKET/KEY.
        options: the command line.
        target: whose S3 has it.

    Raises:
        CallError: it cannot be fetched.
        RunError: the picture cannot be drawn.
    """
    if options.download:
        place = Place(options.download, options.layout)
        path = fetch_one(request, uri, place, target, options.retries)
        note(f"fetched {path}")
        if options.plot:
            draw(path, options.plot)
        note(f"open it with: import obspy; stream = obspy.read({str(path)!r})")
        return
    if options.plot:
        with TemporaryDirectory() as folder:
            path = fetch_one(request, uri, Place(Path(folder)), target, options.retries)
            draw(path, options.plot)
    if file := _local_file(uri, target):
        note(f"open it with: import obspy; stream = obspy.read({str(file)!r})")
        return
    note(f"open it with: {_line_for_s3(uri, target)}")


def draw(path: Path, picture: Path) -> None:
    """Draw a fetched day, and say so.

    Raises:
        RunError: the day cannot be read, or the picture cannot be written.
    """
    from runner.results.day_plot import draw_file  # ObsPy takes a third of a second

    draw_file(path, picture)
    note(f"wrote {picture}")


def _local_file(uri: str, target: Target) -> Path | None:
    """Return the file in which `make serve` keeps a result; None if it is not on this machine."""
    if not target.local:
        return None
    bucket, key = split_uri(uri)
    try:
        answer = target.download_client(1).head_object(Bucket=bucket, Key=key)
    except (BotoCoreError, ClientError):  # the result is there, and the longer line opens it
        return None
    headers = answer["ResponseMetadata"]["HTTPHeaders"]
    path = Path(unquote(headers.get(target.local.FILE_HEADER, "")))
    return path if path.is_file() else None


def _line_for_s3(uri: str, target: Target) -> str:
    """Return a line of Python that opens a result in S3."""
    bucket, key = split_uri(uri)
    profile = f"profile_name={target.profile!r}" if target.profile else ""
    client = f"boto3.Session({profile}).client('s3')" if profile else "boto3.client('s3')"
    if target.local:
        name, secret = target.local.CREDENTIALS
        client = (
            f"boto3.client('s3', endpoint_url={target.local.aws_url!r},"
            f" region_name={target.region or REGION!r}, aws_access_key_id={name!r},"
            f" aws_secret_access_key={secret!r})"
        )
    return (
        f"import boto3, io, obspy; body = {client}.get_object(Bucket={bucket!r}, Key={key!r})"
        "['Body']; stream = obspy.read(io.BytesIO(body.read()))"
    )
