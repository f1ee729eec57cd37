"""What a warm container keeps: never more than its bounds, nothing without an ETag."""

from concurrent.futures import ThreadPoolExecutor

from shared.aws.etag_cache import ETagCache


def test_what_is_kept_is_given_back_with_its_etag() -> None:
    kept: ETagCache[str, str] = ETagCache(2)
    assert kept.get("a") is None
    kept.put("a", '"1"', "one")
    kept.put("a", '"2"', "two")
    entry = kept.get("a")
    assert entry
    assert (entry.etag, entry.value, len(kept)) == ('"2"', "two", 1)


def test_the_least_recently_used_goes_first() -> None:
    kept: ETagCache[str, int] = ETagCache(2)
    kept.put("a", '"1"', 1)
    kept.put("b", '"1"', 2)
    kept.get("a")
    kept.put("c", '"1"', 3)
    assert [name for name in "abc" if kept.get(name)] == ["a", "c"]


def test_weights_are_bounded() -> None:
    kept: ETagCache[str, int] = ETagCache(100, max_weight=10)
    for name in "abc":
        kept.put(name, '"1"', 0, weight=4)
    assert [name for name in "abc" if kept.get(name)] == ["b", "c"]
    kept.put("b", '"2"', 0, weight=6)
    assert (len(kept), kept.weight) == (2, 10)
    kept.put("b", '"3"', 0, weight=11)  # which would push out all others
    assert [name for name in "abc" if kept.get(name)] == ["c"]
    assert kept.weight == 4


def test_without_an_etag_nothing_is_kept() -> None:
    kept: ETagCache[str, int] = ETagCache(2)
    kept.put("a", '"1"', 1)
    kept.put("a", "", 2)
    assert kept.get("a") is None
    assert kept.weight == 0


def test_forgetting_is_of_one_content_or_of_any() -> None:
    kept: ETagCache[str, int] = ETagCache(2)
    kept.put("a", '"2"', 1)
    kept.forget("a", '"1"')
    assert kept.get("a")
    kept.forget("a", '"2"')
    kept.forget("b")
    assert kept.get("a") is None
    kept.put("a", '"2"', 1)
    kept.clear()
    assert (len(kept), kept.weight) == (0, 0)


def test_threads() -> None:
    kept: ETagCache[int, int] = ETagCache(20, max_weight=50)

    def use(seed: int) -> None:
        for step in range(2000):
            name = (seed * 7919 + step * 31) % 40
            kept.put(name, '"1"', name, weight=name % 5)
            entry = kept.get((name * 3) % 40)
            assert entry is None or entry.value == (name * 3) % 40
            kept.forget((name * 7) % 40, '"1"')

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(use, range(8)))
    entries = [entry for name in range(40) if (entry := kept.get(name))]
    assert len(kept) == len(entries) <= 20
    assert kept.weight == sum(entry.weight for entry in entries) <= 50
