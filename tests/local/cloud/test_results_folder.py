"""A bucket whose objects are files, which outlive the server."""

from pathlib import Path

import pytest

from local.cloud.results_folder import ResultsFolder

WRITTEN = {"etag": "abc", "headers": {"Content-Type": "text/plain"}, "metadata": {"day": "1"}}


def test_objects_are_files_with_a_description(tmp_path: Path) -> None:
    ResultsFolder(tmp_path).put("a/b c.ms", b"12345", **WRITTEN)
    assert (tmp_path / "a" / "b c.ms").read_bytes() == b"12345"
    again = ResultsFolder(tmp_path)
    stored = again.find("a/b c.ms")
    assert stored is not None
    assert b"".join(stored.read(1, 3)) == b"234"
    assert (stored.size, stored.etag) == (5, "abc")
    place = {"x-local-file": f"{tmp_path}/a/b%20c.ms"}
    assert stored.headers == {"Content-Type": "text/plain", "x-amz-meta-day": "1", **place}
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["b c.ms", "b c.ms.json"]


def test_keys_by_prefix_without_descriptions(tmp_path: Path) -> None:
    folder = ResultsFolder(tmp_path)
    for key in ("b/1.ms", "b/2.ms", "c.json", "a"):
        folder.put(key, b"", **WRITTEN)
    (tmp_path / "b" / ".part").write_bytes(b"")
    assert folder.keys("") == ["a", "b/1.ms", "b/2.ms", "c.json"]
    assert folder.keys("b/") == ["b/1.ms", "b/2.ms"]
    assert folder.keys("b/2") == ["b/2.ms"]
    assert folder.keys("none/") == []
    assert folder.find("c.json.json") is None
    folder.delete("b/1.ms")
    folder.delete("b/1.ms")
    assert folder.keys("b") == ["b/2.ms"]
    assert sorted(path.name for path in (tmp_path / "b").glob("[!.]*")) == ["2.ms", "2.ms.json"]


def test_a_file_without_a_description_is_an_object(tmp_path: Path) -> None:
    (tmp_path / "mine.ms").write_bytes(b"123")
    stored = ResultsFolder(tmp_path).find("mine.ms")
    assert stored is not None
    assert (stored.size, dict(stored.headers)) == (3, {"x-local-file": f"{tmp_path}/mine.ms"})


@pytest.mark.parametrize("key", ["../escaped", "a/../../escaped", "/etc/escaped", "nul\0"])
def test_no_key_leaves_the_folder(tmp_path: Path, key: str) -> None:
    inner = tmp_path / "inner"
    folder = ResultsFolder(inner)
    (tmp_path / "escaped").write_bytes(b"secret")
    assert folder.find(key) is None
    with pytest.raises(OSError, match="is no path"):
        folder.put(key, b"", **WRITTEN)
    folder.delete(key)
    assert (tmp_path / "escaped").read_bytes() == b"secret"
    assert list(inner.rglob("*")) == []


def test_an_etag_that_is_no_md5_has_a_dash(tmp_path: Path) -> None:
    """As S3 marks it, so that nobody compares it with the content's."""
    (tmp_path / "x.ms").write_bytes(b"123")
    stored = ResultsFolder(tmp_path).find("x.ms")
    assert stored is not None
    assert stored.etag.endswith("-1")
