"""An invocation's answer as bytes, without its durations and signatures: the same each time."""

import base64
import gzip
import json
import re
from hashlib import sha256
from typing import Any

from shared.errors import ServiceError
from tests.fuzz.ask import handler
from tests.fuzz.memory_s3 import MemoryS3
from tests.soak.invocations import Invocation

_OBJECT = re.compile(rb"s3://corrected-waveforms/[^\"?\\]+")
_SIGNATURE = re.compile(rb"\?[^\" ]*(?:Signature|AWSAccessKeyId)[^\" ]*")
_TIMES = re.compile(rb'"(?:seconds|expires)": ?(?:\{[^}]*\}|"[^"]*")')


def invoke(invocation: Invocation, s3: MemoryS3) -> str:
    """Invoke a function; return a digest of its answer, and of the objects that it names."""
    invocation.put(s3)
    event = json.loads(invocation.event)
    try:
        answer: Any = handler(invocation.function)(event)
    except ServiceError as error:
        answer = [type(error).__name__, error.as_dict()]
    content = _TIMES.sub(b"", _SIGNATURE.sub(b"", _bytes(answer)))
    digest = sha256(content)
    for uri in sorted(set(_OBJECT.findall(content))):
        digest.update(s3.get(uri.decode()))
    return digest.hexdigest()


def _bytes(answer: Any) -> bytes:
    """Return an answer as bytes, the body of HTTP unpacked."""
    if isinstance(answer, dict) and answer.get("isBase64Encoded"):
        body = base64.b64decode(answer["body"])
        body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        return json.dumps({**answer, "body": ""}, sort_keys=True).encode() + body
    if isinstance(answer, dict) and "statusCode" in answer:
        text = json.dumps({**answer, "body": ""}, sort_keys=True)
        return text.encode() + str(answer["body"]).encode()
    return json.dumps(answer, sort_keys=True).encode()
