"""The archive chosen by the settings."""

import pytest

from shared.archive.registry import ARCHIVES, input_archive
from shared.archive.scedc import SCEDC
from shared.errors import SettingsError


@pytest.mark.parametrize("value", [None, ""])
def test_archive_is_read_unless_another_bucket_is_set(monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("ARCHIVE", value)
        monkeypatch.setenv("S3_INPUT_BUCKET", value)
    assert input_archive() is SCEDC
    assert input_archive().bucket == "scedc-pds"
    assert input_archive().region == "us-west-2"


def test_settings_are_read_at_each_use(monkeypatch):
    for bucket in ("first", "second"):
        monkeypatch.setenv("S3_INPUT_BUCKET", bucket)
        archive = input_archive()
        assert (archive.bucket, archive.region, type(archive)) == (
            bucket,
            SCEDC.region,
            type(SCEDC),
        )


@pytest.mark.parametrize("name", ["SCEDC", "ncedc", "scedc-pds", " "])
def test_unknown_archive(monkeypatch, name):
    monkeypatch.setenv("ARCHIVE", name)
    with pytest.raises(SettingsError) as caught:
        input_archive()
    assert caught.value.message == f"ARCHIVE is {name!r}: must be one of {', '.join(ARCHIVES)}"
    assert caught.value.details == {"setting": "ARCHIVE"}


def test_bucket_that_cannot_be_one(monkeypatch):
    monkeypatch.setenv("S3_INPUT_BUCKET", "s3://scedc-pds")
    with pytest.raises(SettingsError, match="S3_INPUT_BUCKET is 's3://scedc-pds'"):
        input_archive()
