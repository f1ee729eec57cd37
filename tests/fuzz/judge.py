"""The oracle: an answer about a damaged object against the undamaged day."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from shared import errors
from tests.fuzz import bugs
from tests.fuzz.ask import Answer, Question
from tests.fuzz.known_day import KnownDay

ERRORS = {
    name
    for name in ("UnreadableObjectError", "NoWaveformError", "TooLargeError", "NoResponseError")
    if hasattr(errors, name)
}
"""Errors that damage may lead to. The others blame S3, the settings or the request."""

OTHER_SAMPLES = ("samples at other times", "wrong samples", "loud samples")
"""Kinds of faults that no check can prevent where a damage leaves everything plausible."""

_NAME = re.compile(rb"[A-Z0-9]{2}[A-Z0-9_]{5}[A-Z0-9]{3}[A-Z0-9_]{3}2024001\.ms,")
"""A file name of the known day: https://scedc.caltech.edu/data/cloud.html."""

LOUD = 100.0
"""Most that ground motion may exceed the undamaged day's largest sample: around a gap it rings."""


@dataclass(frozen=True)
class Fault:
    """A fault of an answer.

    Attributes:
        kind: one of few words, such as "wrong samples".
        detail: in words.
        question: the question.
    """

    kind: str
    detail: str
    question: str = ""

    def __str__(self) -> str:
        return f"{self.kind} ({self.question}): {self.detail}"


def faults(answer: Answer, day: KnownDay, question: Question, largest: float = 0) -> list[Fault]:
    """List an answer's faults, whatever the damage was.

    Args:
        answer: the answer.
        day: the undamaged day.
        question: the question.
        largest: the largest sample of the undamaged day's answer; for ground motion alone.
    """
    found = []
    if answer.bare:
        kind = answer.bare.split(":")[0].split(" of ")[0]
        found.append(("memory" if kind == "MemoryError" else f"bare {kind}", answer.bare))
    elif answer.error and answer.error["type"] not in ERRORS:
        found.append((f"blames with {answer.error['type']}", answer.error["message"]))
    found += [(bugs.name(bug), bug) for bug in answer.bugs]
    if secret := told(answer.text):
        found.append((secret, answer.text[:300]))
    found += list(_wrong(answer, day, question, largest))
    return [Fault(kind, detail[:300], str(question)) for kind, detail in found]


def is_sound_index(content: bytes) -> bool:
    """Return whether an index of the day has whole lines alone, each with a channel's file name.

    Not promised: that channels are found that such an index lacks. It was cut at a line's end, or
    its damage makes another channel's name, which nothing tells.
    """
    _, *rows = content.split(b"\n")
    return len(rows) > 1 and not rows[-1] and all(map(_NAME.match, rows[:-1]))


def told(text: str) -> str:
    """Return the kind of a fault if an answer tells of the machine or the code; "" otherwise."""
    if "/tmp/" in text:
        return "tells a path"
    return "tells a traceback" if "Traceback" in text or '.py\\", line' in text else ""


def _wrong(
    answer: Answer, day: KnownDay, question: Question, largest: float
) -> Iterable[tuple[str, str]]:
    if not answer.values.size:
        return
    if not np.isfinite(answer.values).all():
        yield "samples that are no numbers", f"{(~np.isfinite(answer.values)).sum()}"
    true = day.lookup(answer.times_ns)
    foreign = int(np.isnan(true).sum())
    if foreign:
        yield "samples at other times", f"{foreign} of {true.size}"
    if question.door != "window" and question.output != "DEF":
        most = float(np.abs(answer.values).max(initial=0.0))
        if not most <= LOUD * largest:
            yield "loud samples", f"{most:g}, undamaged {largest:g}"
        return
    wrong = int((~np.isnan(true) & (true != answer.values)).sum())
    if wrong:
        yield "wrong samples", f"{wrong} of {true.size}"


def lost(answer: Answer, day: KnownDay, question: Question, damaged: Iterable[int]) -> list[Fault]:
    """List sound samples that an answer lacks, and damage that it does not name.

    Args:
        answer: the answer.
        day: the undamaged day.
        question: the question, about all of the day.
        damaged: the numbers of the damaged records, of the undamaged day.
    """
    broken = set(damaged)
    expected = sum(head.npts for number, head in enumerate(day.headers) if number not in broken)
    found = []
    if answer.error or answer.bare:
        found.append(("lost day", str(answer.error or answer.bare)))
    elif answer.values.size < expected:
        detail = f"{answer.values.size} samples of {expected} sound ones"
        found.append(("lost samples", detail))
    elif answer.reply and broken:
        spans = [
            (gap["starttime"], gap["endtime"])
            for gap in answer.reply["gaps"]
            if gap.get("why") == "damaged"
        ]
        # At the ends, nothing says how far the day's samples should go.
        if not spans and broken - {0, day.count - 1}:
            found.append(("gap without the word damaged", str(answer.reply["gaps"])))
        if not answer.reply.get("warnings"):
            found.append(("no warning", "warnings: []"))
    return [Fault(kind, detail[:300], str(question)) for kind, detail in found]
