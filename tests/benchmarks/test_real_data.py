"""Objects of the archive: downloaded once, or read from a folder."""

from pathlib import Path

import pytest

from benchmarks import real_data
from shared.archive.archive import ArchiveObject
from shared.archive.scedc import SCEDC
from shared.aws import s3_read

KEY = "continuous_waveforms/2022/2022_002/CIWBM__LHZ___2022002.ms"


def test_objects_are_downloaded_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    downloads = []

    def download(source: ArchiveObject) -> s3_read.ObjectPart:
        downloads.append((source.bucket, source.key))
        return s3_read.ObjectPart(b"content", first=0, size=7, etag="")

    monkeypatch.delenv("REAL_DATA", raising=False)
    monkeypatch.setattr(s3_read, "download", download)
    monkeypatch.setattr(real_data, "FOLDER", tmp_path / "build" / "benchmarks")
    first, again = real_data._fetch(KEY), real_data._fetch(KEY)
    assert first == again == tmp_path / "build" / "benchmarks" / KEY
    assert first.read_bytes() == b"content"
    assert downloads == [(SCEDC.bucket, KEY)]


def test_a_folder_that_lacks_them_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REAL_DATA", str(tmp_path))
    with pytest.raises(FileNotFoundError, match=f"{tmp_path}, which has no {KEY}"):
        real_data._fetch(KEY)
