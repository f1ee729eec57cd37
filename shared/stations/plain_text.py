"""Texts of StationXML as fields of FDSN's text formats: ASCII, on one line, without "|".

Readers of these formats decode ASCII, and take "|" for the end of a field.
"""

import re
import unicodedata

_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)
_LETTERS = str.maketrans(
    {
        "ß": "ss", "æ": "ae", "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "ð": "d",
        "Ð": "D", "þ": "th", "Þ": "Th", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "\u0131": "i",
        "\u00b5": "u", "\u03bc": "u", "°": "deg", "\u00d7": "x", "\u2013": "-", "\u2014": "-",
        "\u2212": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"', "|": "/",
    }
)  # fmt: skip
"""Characters that Unicode does not take apart into an ASCII letter and an accent."""


def plain_text(text: str | None) -> str:
    """Return a text in ASCII on one line; a character without any likeness becomes "?"."""
    line = " ".join((text or "").split())
    if line.isascii() and "|" not in line and line.isprintable():
        return line
    apart = unicodedata.normalize("NFKD", line.translate(_LETTERS)).translate(_LETTERS)
    letters = "".join(letter for letter in apart if not unicodedata.combining(letter))
    ascii_text = letters.encode("ascii", "replace").decode()
    return "".join(letter if letter.isprintable() else "?" for letter in ascii_text)


def plain_number(text: str | None) -> str:
    """Return a decimal number as it is written; "" if it is none."""
    number = (text or "").strip()
    return number if _NUMBER.fullmatch(number) else ""
