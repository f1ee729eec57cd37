"""Which requests need not be made again: those that succeeded, and those whose object is there."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from runner.failures import RunError
from runner.results import Earlier
from runner.where import CONNECTIONS
from shared.corrected_day_request import CorrectedDayRequest

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# A HEAD has no body, so that botocore only has the status to tell. Without permission to list the
# bucket, S3 says 403 of what is not there.
_ABSENT = {"404", "NoSuchKey", "NotFound", "403", "AccessDenied"}


_SLICE = 1000


def not_in_file(
    requests: Sequence[CorrectedDayRequest], earlier: Earlier, *, queued: bool
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
) -> list[CorrectedDayRequest]:
    """The requests whose object is not in the output bucket.

    Args:
        client: of S3, with credentials that may read the bucket.
        bucket: the output bucket.
        requests: the requests.
        looked: called after each of them.

    Raises:
        RunError: there is no such bucket, or S3 cannot be reached, or refuses.
    """

    def absent(request: CorrectedDayRequest) -> bool:
        return not _exists(client.head_object, bucket, request.output_key)

    try:
        if not _exists(client.head_bucket, bucket):
            raise RunError(f"there is no bucket {bucket} that you may see")
        return _absent(absent, requests, looked)
    except (BotoCoreError, ClientError) as error:
        raise RunError(f"could not look into s3://{bucket}: {error}") from error


def _absent(
    absent: Callable[[CorrectedDayRequest], bool],
    requests: Sequence[CorrectedDayRequest],
    looked: Callable[[], object],
) -> list[CorrectedDayRequest]:
    left = []
    with ThreadPoolExecutor(CONNECTIONS, "resume") as pool:
        try:
            for first in range(0, len(requests), _SLICE):  # each one waits in memory
                some = requests[first : first + _SLICE]
                for request, is_absent in zip(some, pool.map(absent, some), strict=True):
                    if is_absent:
                        left.append(request)
                    looked()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)  # after Ctrl-C, say, or an error
    return left


def _exists(head: Callable[..., object], bucket: str, key: str = "") -> bool:
    """Whether a bucket, or an object in it, is there."""
    try:
        head(Bucket=bucket, **({"Key": key} if key else {}))
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        # Who may not list a bucket may still see what is in it.
        if not key and code in {"403", "AccessDenied"}:
            return True
        if code in _ABSENT:
            return False
        raise
    return True
