"""Faults of S3, for `faulty_s3`: each sends a reply in place of S3's own."""

import socket
import struct
from itertools import count

from tests.support.faulty_s3 import Exchange, Forward, Reply, Respond

ACCOUNT = "123456789012"
ROLE = f"arn:aws:sts::{ACCOUNT}:assumed-role/secret-role/session"
KEY_ID = "ASIAIOSFODNN7EXAMPLE"
HOST_ID = "vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQ"
"""Named by S3 in refusals."""


def stall(exchange: Exchange, _: Forward) -> None:
    """Never answer."""
    exchange.wait(60)


def stall_in_body(exchange: Exchange, forward: Forward) -> None:
    """Send half of the body, and no more."""
    reply = forward()
    exchange.send(reply.head() + reply.body[: len(reply.body) // 2])
    exchange.wait(60)


def stall_in_refusal(exchange: Exchange, _: Forward) -> None:
    """Refuse a request, and send half of the reason."""
    reason = b"<Error><Code>SlowDown</Code></Error>"
    exchange.send(Reply(503, {"Content-Length": str(len(reason))}, b"").head() + reason[:9])
    exchange.wait(60)


def drip(exchange: Exchange, forward: Forward) -> None:
    """Send a byte a second, from the status line on."""
    reply = forward()
    _drip(exchange, reply.head() + reply.body)


def drip_body(exchange: Exchange, forward: Forward) -> None:
    """Send the headers, and then a byte a second."""
    reply = forward()
    exchange.send(reply.head())
    _drip(exchange, reply.body)


def _drip(exchange: Exchange, content: bytes) -> None:
    for number in range(len(content)):
        exchange.send(content[number : number + 1])
        if exchange.wait(1):
            return


def reset(exchange: Exchange, _: Forward) -> None:
    """Reset the connection in place of an answer."""
    _reset(exchange)


def lose_answer(exchange: Exchange, forward: Forward) -> None:
    """Do as the request says, and reset the connection in place of an answer."""
    forward()
    _reset(exchange)


def reset_in_body(exchange: Exchange, forward: Forward) -> None:
    """Reset the connection in the middle of the body."""
    reply = forward()
    exchange.send(reply.head() + reply.body[: len(reply.body) // 2])
    exchange.wait(0.05)
    _reset(exchange)


def _reset(exchange: Exchange) -> None:
    linger = struct.pack("ii", 1, 0)  # closing sends RST
    exchange.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    exchange.connection.close()


def half(exchange: Exchange, forward: Forward) -> None:
    """Send the first half of the body, with a Content-Length that agrees."""
    reply = forward()
    body = reply.body[: len(reply.body) // 2]
    exchange.send(_with_length(reply, len(body)).head() + body)


def half_range(exchange: Exchange, forward: Forward) -> None:
    """Send the first half of a part, with a Content-Length and a Content-Range that agree."""
    reply = forward()
    body = reply.body[: len(reply.body) // 2]
    headers = dict(_with_length(reply, len(body)).headers)
    for name, text in headers.items():
        if name.lower() == "content-range":
            begin, _, rest = text.removeprefix("bytes ").partition("-")
            size = rest.partition("/")[2]
            headers[name] = f"bytes {begin}-{int(begin) + len(body) - 1}/{size}"
    exchange.send(Reply(reply.status, headers, b"").head() + body)


def without_length(exchange: Exchange, forward: Forward) -> None:
    """Leave out Content-Length; the end of the connection ends the body."""
    reply = forward()
    headers = {n: t for n, t in reply.headers.items() if n.lower() != "content-length"}
    exchange.send(Reply(reply.status, headers, b"").head() + reply.body)


def of_size(size: int) -> Respond:
    """Return a reply for an object of another size: the content, and then zeros."""

    def respond(exchange: Exchange, forward: Forward) -> None:
        reply, asked = forward(), exchange.headers.get("Range")
        first, last = 0, size - 1
        if asked:
            begin, _, end = asked.removeprefix("bytes=").partition("-")
            first, last = int(begin), min(int(end or last), last)
        headers = dict(_with_length(reply, last - first + 1).headers)
        if asked:
            headers = {n: t for n, t in headers.items() if n.lower() != "content-range"}
            headers["Content-Range"] = f"bytes {first}-{last}/{size}"
        exchange.send(Reply(reply.status, headers, b"").head())
        if exchange.command == "GET":
            _send_zeros(exchange, last - first + 1)

    return respond


def without_end(exchange: Exchange, forward: Forward) -> None:
    """Leave out Content-Length, and send zeros after the body."""
    reply = forward()
    headers = {n: t for n, t in reply.headers.items() if n.lower() != "content-length"}
    exchange.send(Reply(reply.status, headers, b"").head() + reply.body)
    _send_zeros(exchange, 1 << 40)


def _send_zeros(exchange: Exchange, length: int) -> None:
    while length > 0:
        chunk = bytes(min(length, 65_536))
        exchange.send(chunk)
        exchange.server.sent += len(chunk)
        length -= len(chunk)


def of_another_version(exchange: Exchange, forward: Forward) -> None:
    """Reply with another ETag."""
    reply = forward()
    headers = {n: t for n, t in reply.headers.items() if n.lower() != "etag"}
    exchange.send(Reply(reply.status, {**headers, "ETag": '"another"'}, b"").head() + reply.body)


def of_ever_new_versions() -> Respond:
    """Return a reply with another ETag each time."""
    numbers = count()

    def respond(exchange: Exchange, forward: Forward) -> None:
        reply = forward()
        headers = {n: t for n, t in reply.headers.items() if n.lower() != "etag"}
        headers["ETag"] = f'"{next(numbers)}"'
        exchange.send(Reply(reply.status, headers, b"").head() + reply.body)

    return respond


def _with_length(reply: Reply, length: int) -> Reply:
    headers = {n: t for n, t in reply.headers.items() if n.lower() != "content-length"}
    return Reply(reply.status, {**headers, "Content-Length": str(length)}, b"")


def refuse(status: int, code: str, message: str = "because", **headers: str) -> Respond:
    """Return a reply that is an error of S3, with such details as S3 gives."""

    def respond(exchange: Exchange, _: Forward) -> None:
        details = {
            "Message": message,
            "AWSAccessKeyId": KEY_ID,
            "Region": "us-east-2",
            "RequestId": "4442587FB7D0A2F9",
            "HostId": HOST_ID,
        }
        items = "".join(f"<{name}>{text}</{name}>" for name, text in details.items())
        text = f"<Error><Code>{code}</Code>{items}</Error>".encode()
        names = {name.replace("_", "-"): text for name, text in headers.items()}
        names |= {"Content-Type": "application/xml", "Content-Length": str(len(text))}
        body = b"" if exchange.command == "HEAD" else text
        exchange.send(Reply(status, names, b"").head() + body)

    return respond


slow_down = refuse(503, "SlowDown", "Please reduce your request rate.")
forbid = refuse(403, "AccessDenied", f"User: {ROLE} is not authorized to perform: s3:GetObject")
