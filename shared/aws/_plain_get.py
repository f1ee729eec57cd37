"""Send a GET for a public object without the layers that botocore puts around one.

For each request, these resolve the endpoint, check parameters, write a user agent and parse times.
That is half of a request's processor time. Here the client's own connections send it. The answer
and the errors are those of the client's `get_object`.
"""

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError
from botocore.parsers import create_parser
from botocore.response import StreamingBody

from shared import telemetry

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PLAIN_KEY = re.compile(r"[A-Za-z0-9_./-]+", re.ASCII)
_SUCCESS = (200, 206)
_REDIRECTS = range(300, 400)
_OTHER_REGION = 400  # or another refusal that botocore may remedy
_NOT_MODIFIED = 304

_parser = create_parser("rest-xml")


def get_object(
    client: "S3Client", bucket: str, key: str, headers: dict[str, str]
) -> "dict[str, Any] | None":
    """Send a GET for an object.

    Args:
        client: an unsigned client.
        bucket: the bucket's name.
        key: the object's key.
        headers: such as `Range`.

    Returns:
        The answer, with those members of `S3Client.get_object` that `shared.aws._bodies` reads.
        None where the client itself has to send the request: its key needs quoting, another region
        has the bucket, or the answer has a checksum.

    Raises:
        ClientError: S3 refused the request.
    """
    base, session = _base_url(client, bucket), _session(client)
    if not base or session is None or not _PLAIN_KEY.fullmatch(key):
        return None
    agent = {"User-Agent": client.meta.config.user_agent}  # type: ignore[attr-defined]
    request = AWSRequest("GET", base + key, {**agent, **headers}, stream_output=True)
    telemetry.count_s3_request("GET", 0)
    answer = session.send(request.prepare())
    status, found = answer.status_code, answer.headers
    is_redirected = status in _REDIRECTS and status != _NOT_MODIFIED
    if is_redirected or status == _OTHER_REGION or "x-amz-checksum-type" in found:
        answer.raw.close()
        return None
    if status not in _SUCCESS:
        parts = {"headers": found, "status_code": status, "body": answer.content}
        raise ClientError(_parser.parse(parts, None), "GetObject")  # type: ignore[arg-type]
    length = found.get("Content-Length")
    reply: dict[str, Any] = {
        "Body": StreamingBody(answer.raw, length),
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    if length is not None:
        reply["ContentLength"] = int(length)
    for name in ("ETag", "Content-Range", "Last-Modified"):
        if name in found:
            reply[name.replace("-", "")] = found[name]
    return reply


@lru_cache(8)
def _base_url(client: "S3Client", bucket: str) -> str:
    """Return the URL of a bucket, with a slash at the end; "" if it is not a plain one."""
    parameters = {"Bucket": bucket, "Key": "key"}
    url = client.generate_presigned_url("get_object", parameters)  # nothing is signed
    return url.removesuffix("key") if url.endswith("/key") else ""


def _session(client: "S3Client") -> Any:
    """Return the connections of a client, as `_timed_sockets` finds them; None without any."""
    return getattr(getattr(client, "_endpoint", None), "http_session", None)
