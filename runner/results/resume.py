"""Which requests need not be made again: those that succeeded, and those whose object is there."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import RunError
from runner.results.results_file import EarlierResults
from runner.sending.target import CONNECTIONS
from runner.sending.workers import unawaited
from shared.corrected_days.request import CorrectedDayRequest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A HEAD has no body, so that botocore only has the status to tell. Without permission to list the
# bucket, S3 says 403 of what is not there.
_ABSENT = {"404", "NoSuchKey", "NotFound"}
_FORBIDDEN = {"403", "AccessDenied"}

_SLICE = 1000


def not_in_file(
    requests: Sequence[CorrectedDayRequest], earlier: EarlierResults, *, queued: bool
) -> list[CorrectedDayRequest]:
    """The requests that have not succeeded yet, by the results of an earlier run.

    Args:
        requests: all requests.
        earlier: the results.
        queued: whether it is success to have been put into a queue.
    """
    done = earlier.corrected.keys() | (earlier.queued if queued else set())
    return [request for request in requests if request not in done]


def not_in_bucket(
    client: "S3Client",
    bucket: str,
    requests: Sequence[CorrectedDayRequest],
    looked: Callable[[], object],
) -> tuple[list[CorrectedDayRequest], str]:
    """The requests whose object is not in the output bucket; and what to tell of it, if anything.

    Args:
        client: of S3, with credentials that may read the bucket.
        bucket: the output bucket.
        requests: the requests.
        looked: called after each of them.

    Raises:
        RunError: there is no such bucket, or S3 cannot be reached, or refuses.
    """

    def absent(request: CorrectedDayRequest) -> bool:
        return not _exists(client, bucket, request.output_key)

    try:
        listed = _may_list(client, bucket)
        left = _absent(absent, requests, looked)
    except (BotoCoreError, ClientError) as error:
        raise RunError(f"could not look into s3://{bucket}: {error}") from error
    if listed or len(left) < len(requests):
        return left, ""
    return left, (
        f"s3://{bucket} shows none of these objects, and refuses to say whether they are there:"
        " if you may not read it, or it is another's, all of them are made again"
    )


def _absent(
    absent: Callable[[CorrectedDayRequest], bool],
    requests: Sequence[CorrectedDayRequest],
    looked: Callable[[], object],
) -> list[CorrectedDayRequest]:
    left = []
    with unawaited(CONNECTIONS, "resume") as pool:
        for first in range(0, len(requests), _SLICE):  # each one waits in memory
            some = requests[first : first + _SLICE]
            for request, is_absent in zip(some, pool.map(absent, some), strict=True):
                if is_absent:
                    left.append(request)
                looked()
    return left


def _may_list(client: "S3Client", bucket: str) -> bool:
    """Whether a bucket may be listed; who may not may still read what is in it.

    Raises:
        RunError: there is none.
    """
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if _code(error) in _FORBIDDEN:
            return False
        if _code(error) in _ABSENT:
            raise RunError(f"there is no bucket {bucket} that you may see") from error
        raise
    return True


def _exists(client: "S3Client", bucket: str, key: str) -> bool:
    try:
        client.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if _code(error) in _ABSENT | _FORBIDDEN:
            return False
        raise
    return True


def _code(error: ClientError) -> str:
    return error.response.get("Error", {}).get("Code", "")
