"""Skip the requests of an earlier run that have succeeded, or whose result is in the bucket."""

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from runner.errors import RunError
from runner.results.results_file import EarlierResults
from runner.sending.retry import explained
from runner.sending.target import S3_CONNECTIONS
from runner.sending.workers import detached_pool
from shared.aws.s3_codes import ABSENT, FORBIDDEN, error_code
from shared.corrected_days.request import CorrectedDayRequest
from shared.response.parameters import RemovalParameters

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MAX_SUBMITTED = 1000


def not_in_file(
    requests: Sequence[CorrectedDayRequest], earlier: EarlierResults, *, queued: bool
) -> list[CorrectedDayRequest]:
    """Return the requests that have not succeeded according to the results file.

    Args:
        requests: all requests.
        earlier: results of the earlier run.
        queued: whether a queued request counts as succeeded.
    """
    done = earlier.corrected.keys() | (earlier.queued if queued else set())
    return [request for request in requests if request not in done]


def not_in_bucket(
    client: "S3Client",
    bucket: str,
    requests: Sequence[CorrectedDayRequest],
    on_checked: Callable[[], object],
) -> tuple[list[CorrectedDayRequest], str]:
    """Return the requests whose result is not in the output bucket.

    An object that was made with other parameters is none: a default may have changed since.

    Args:
        client: S3 client with credentials that may read the bucket.
        bucket: the output bucket.
        requests: the requests.
        on_checked: called after each request.

    Returns:
        The requests, and a warning for the user if S3 may have hidden the results; else "".

    Raises:
        RunError: the bucket does not exist, or S3 cannot be reached or refused a request.
    """
    try:
        may_list = _may_list(client, bucket)
        missing = _missing(client, bucket, requests, on_checked)
    except (BotoCoreError, ClientError) as error:
        raise RunError(f"could not check s3://{bucket}: {explained(error)}") from error
    if may_list or len(missing) < len(requests):
        return missing, ""
    return missing, (
        f"s3://{bucket} denied access to all of these objects, so all requests will be sent again:"
        " they may be missing, or you may lack permission to read the bucket"
    )


def _missing(
    client: "S3Client",
    bucket: str,
    requests: Sequence[CorrectedDayRequest],
    on_checked: Callable[[], object],
) -> list[CorrectedDayRequest]:
    exists = partial(_exists, client, bucket)
    missing = []
    with detached_pool(S3_CONNECTIONS, "resume") as pool:
        for first in range(0, len(requests), _MAX_SUBMITTED):
            # pool.map holds everything submitted in memory.
            batch = requests[first : first + _MAX_SUBMITTED]
            for request, is_there in zip(batch, pool.map(exists, batch), strict=True):
                if not is_there:
                    missing.append(request)
                on_checked()
    return missing


def _may_list(client: "S3Client", bucket: str) -> bool:
    """Return whether we may list a bucket. Without that permission, we may still read objects.

    Raises:
        RunError: the bucket does not exist.
    """
    try:
        client.head_bucket(Bucket=bucket)
    except ClientError as error:
        if error_code(error) in FORBIDDEN:
            return False
        if error_code(error) in ABSENT:
            raise RunError(f"the bucket {bucket} does not exist") from error
        raise
    return True


def _exists(client: "S3Client", bucket: str, request: CorrectedDayRequest) -> bool:
    try:
        head = client.head_object(Bucket=bucket, Key=request.output_key)
    except ClientError as error:
        if error_code(error) in ABSENT | FORBIDDEN:
            return False
        raise
    return _made_with(head, request.parameters)


def _made_with(head: Mapping[str, Any], parameters: RemovalParameters) -> bool:
    """Return whether an object was made with these parameters, as far as its metadata say so."""
    try:
        made = dict(json.loads(head["Metadata"]["parameters"]))
    except (KeyError, TypeError, ValueError):
        return True
    wanted = json.loads(json.dumps(parameters.as_dict()))
    return all(value == wanted.get(name, value) for name, value in made.items())
