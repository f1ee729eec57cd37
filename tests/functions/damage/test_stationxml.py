"""Row 6: StationXML of any size, and with any dates, ends in an answer or an error, in time."""

from collections.abc import Callable

import pytest

from tests.fuzz import judge
from tests.fuzz.ask import Answer, Question, ask
from tests.fuzz.children import Ended, Limits, call
from tests.fuzz.examine import DAY
from tests.fuzz.known_day import KEY, STATIONXML_KEY, KnownDay, polynomial_stationxml
from tests.fuzz.memory_s3 import MemoryS3, Zeros

MOTION = Question("motion", seconds=(40.0, 75.0))
QUESTIONS = (MOTION, DAY)
START = 'startDate="2015-01-01T00:00:00.000000Z"'
KNOWN = KnownDay()
LIMITS = Limits(seconds=10.0)
MOST_BYTES = 300 << 20

each_question = pytest.mark.parametrize("question", QUESTIONS, ids=str)


def answered(content: "bytes | Zeros", question: Question, s3: MemoryS3) -> Ended[Answer]:
    """Ask with some metadata, in a child."""
    s3.put(KEY, KNOWN.content)
    s3.put(STATIONXML_KEY, content)
    s3.served, s3.most = 0, MOST_BYTES
    try:
        return call(lambda: ask(question, s3), LIMITS)
    finally:
        s3.most = 1 << 40


def check(ended: Ended[Answer], question: Question) -> Answer:
    """Assert that an answer is right, or an error of the project."""
    assert ended.fault == ""
    assert ended.value
    assert judge.faults(ended.value, KNOWN, question) == []
    return ended.value


def document(change: Callable[[str], str] = lambda channel: channel) -> bytes:
    """Return the plain metadata with another channel element, or several."""
    head, channel, tail = _parts()
    return f"{head}{change(channel)}{tail}".encode()


def _parts() -> tuple[str, str, str]:
    text = polynomial_stationxml().decode()
    first, end = text.index("<Channel "), text.index("</Channel>") + len("</Channel>")
    return text[:first], text[first:end], text[end:]


def epochs(count: int) -> str:
    """Return epochs of an hour each, and a last one that has not ended."""
    _, channel, _ = _parts()
    others = []
    for number in range(count - 1):
        day, hour = divmod(number, 24)
        year, day = 1990 + day // 300, day % 300
        date = f"{year}-{1 + day // 28:02}-{1 + day % 28:02}T{hour:02}:"
        span = f'startDate="{date}00:00Z" endDate="{date}59:59Z"'
        others.append(channel.replace(START, span))
    return "".join([*others, channel])


@each_question
def test_some_epochs(question: Question, memory_s3: MemoryS3) -> None:
    answer = check(answered(document(lambda _: epochs(100)), question, memory_s3), question)
    assert answer.values.size


@each_question
def test_20_000_epochs(question: Question, memory_s3: MemoryS3) -> None:
    check(answered(document(lambda _: epochs(20_000)), question, memory_s3), question)


BAD_DATES = (
    "2024-13-45T00:00:00", "99999-01-01T00:00:00", "10000-01-01T00:00:00Z", "0000-00-00",
    "2020-02-30T00:00:00Z", "yesterday", "-0500-01-01T00:00:00",
)  # fmt: skip


@pytest.mark.parametrize("name", ["startDate", "endDate"])
@pytest.mark.parametrize("date", BAD_DATES)
def test_a_date_that_is_none_is_named(date: str, name: str, memory_s3: MemoryS3) -> None:
    """The epoch may be taken as open at that end, but not without a word."""
    start = START if name == "endDate" else ""
    content = document(lambda channel: channel.replace(START, f'{start} {name}="{date}"'))
    answer = check(answered(content, MOTION, memory_s3), MOTION)
    warnings = answer.reply.get("warnings", [])
    assert any(date in text for text in (*warnings, answer.error.get("message", "")) if text)


@pytest.mark.parametrize("size", [1 << 29, 1 << 32, 1 << 36])
@each_question
def test_huge_metadata_are_not_fetched(question: Question, size: int, memory_s3: MemoryS3) -> None:
    content = Zeros(polynomial_stationxml(), size)
    answer = check(answered(content, question, memory_s3), question)
    assert answer.error["type"] in ("TooLargeError", "UnreadableObjectError")


def entities(depth: int) -> bytes:
    """Return metadata with an entity that grows tenfold at each level."""
    levels = "".join(
        f'<!ENTITY e{level} "{f"&e{level - 1};" * 10}">' for level in range(1, depth + 1)
    )
    head = f'<!DOCTYPE x [<!ENTITY e0 "0123456789">{levels}]>'
    text = document().decode().replace("<Site>", f"<Description>&e{depth};</Description><Site>")
    return text.replace("<FDSNStationXML", f"{head}<FDSNStationXML", 1).encode()


STRANGE = {
    "entities": lambda: entities(9),
    "a file as an entity": lambda: (
        document()
        .replace(b"<FDSN", b'<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><FDSN', 1)
        .replace(b"<Name>Generated", b"<Name>&f;")
    ),
    "100,000 levels": lambda: document(
        lambda channel: "<a>" * 100_000 + channel + "</a>" * 100_000
    ),
    "an attribute of 20 MB": lambda: document(
        lambda channel: channel.replace("code=", f'x="{"y" * 20_000_000}" code=')
    ),
    "no channel": lambda: document(lambda _: ""),
    "an empty file": lambda: b"",
    "text": lambda: b"no metadata",
    "HTML": lambda: b"<!DOCTYPE html><html><body>503</body></html>",
    "the waveforms": lambda: KNOWN.content,
    "UTF-16": lambda: document().decode().encode("utf-16"),
    "cut": lambda: document()[:-300],
}


@pytest.mark.parametrize("name", STRANGE)
@each_question
def test_strange_metadata(name: str, question: Question, memory_s3: MemoryS3) -> None:
    answer = check(answered(STRANGE[name](), question, memory_s3), question)
    assert "root:" not in answer.text
