"""The reply to a direct invocation: a JSON value, or a file in base64."""

import base64
from typing import Any

from shared import strict_json
from shared.invocation import large_replies, reply_body, reply_size
from shared.reply import File, Reply


def write(request: Any, reply: Reply, large_folder: str | None) -> Any:
    """Return the value that the handler returns to Lambda.

    Args:
        request: the request, which names the object of a large reply.
        reply: the answer to it.
        large_folder: folder of the output bucket for large replies; None for none.

    Raises:
        TooLargeError: the reply exceeds Lambda's limit and there is no place to store it.
        S3Error: S3 could not store it.
        TypeError: the answer contains an object that is not JSON.
    """
    limit = reply_size.MAX_REPLY_BYTES
    body = reply_body.as_file(reply.value)
    if isinstance(reply.value, File):
        envelope = _file_envelope(reply, body)
        size = reply_size.serialized_size(envelope) + 4 * -(-len(body.data) // 3)  # base64
        if size <= limit:
            return {**envelope, "content_base64": base64.b64encode(body.data).decode()}
    else:
        size = reply_size.serialized_size_of_json(body.data, limit)
        if size <= limit:
            return strict_json.loads(body.data)
    if link := large_replies.link(request, reply, body, None, large_folder):
        return link
    raise large_replies.too_large(size, limit, reply.extent)


def _file_envelope(reply: Reply, body: File) -> dict[str, Any]:
    beside = strict_json.plain({"errors": list(reply.errors), **reply.beside})
    return {"content_type": body.media_type, "content_base64": "", **beside}
