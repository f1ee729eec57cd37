"""What a warm container keeps of objects that it has read, within bounds.

It is kept by the ETag that the object had. Whoever takes it asks S3 whether the object still has
that ETag before using it.
"""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True)
class Entry(Generic[V]):
    """What is kept of one object.

    Attributes:
        etag: of the content that it was made of.
        value: what was made of it; shared by all who take it, so none of them may change it.
        weight: how much of the bound it takes.
    """

    etag: str
    value: V
    weight: int


class ETagCache(Generic[K, V]):
    """Entries by name; the one that was used least recently goes first. Safe for threads.

    Args:
        most: how many entries are kept at most.
        most_weight: how much they may weigh together; None is any weight.

    Attributes:
        weight: of all entries.
    """

    def __init__(self, most: int, most_weight: int | None = None) -> None:
        self._most, self._most_weight = most, most_weight
        self._entries: OrderedDict[K, Entry[V]] = OrderedDict()
        self._lock = Lock()
        self.weight = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: K) -> Entry[V] | None:
        """What is kept by a name; None if nothing is."""
        with self._lock:
            entry = self._entries.get(name)
            if entry:
                self._entries.move_to_end(name)
            return entry

    def put(self, name: K, etag: str, value: V, weight: int = 1) -> None:
        """Keep a value, in place of what was kept by its name.

        What has no ETag could never be checked, and what is heavier than all may be would push out
        all others: neither is kept.
        """
        with self._lock:
            self._drop(name)
            if not etag or (self._most_weight is not None and weight > self._most_weight):
                return
            self._entries[name] = Entry(etag, value, weight)
            self.weight += weight
            while self._too_much():
                self._drop(next(iter(self._entries)))

    def forget(self, name: K, etag: str | None = None) -> None:
        """Drop what is kept by a name; with an ETag, only if it is of that content."""
        with self._lock:
            entry = self._entries.get(name)
            if entry and etag in (None, entry.etag):
                self._drop(name)

    def clear(self) -> None:
        """Drop everything."""
        with self._lock:
            self._entries.clear()
            self.weight = 0

    def _drop(self, name: K) -> None:
        entry = self._entries.pop(name, None)
        if entry:
            self.weight -= entry.weight

    def _too_much(self) -> bool:
        too_heavy = self._most_weight is not None and self.weight > self._most_weight
        return too_heavy or len(self._entries) > self._most
