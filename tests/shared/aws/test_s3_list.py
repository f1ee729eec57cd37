"""Listings of public objects and of their folders, page by page."""

from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from werkzeug.exceptions import NotFound

from local.cloud.s3_front import Front, read_only
from local.cloud.stored_object import FixedBucket, Piece, StoredObject
from shared.archive.scedc import SCEDC
from shared.aws.s3_list import list_folders, list_objects
from shared.errors import S3Error
from tests.support.faulty_s3 import faulty_s3
from tests.support.s3_faults import forbid
from tests.support.wsgi import listening

MANY = [f"many/{number:04d}/a b+&c.ms" for number in range(1_001)]
STORED = StoredObject((Piece.whole(b"content"),), "etag", 1_700_000_000.9)


@pytest.fixture(scope="module")
def server() -> Iterator[SimpleNamespace]:
    bucket = FixedBucket(dict.fromkeys([*MANY, "few/x", "few/y/z", "few/y/w", "other"], STORED))
    front = Front(NotFound(), {SCEDC.bucket: read_only(SCEDC.bucket, bucket)})
    with listening(front) as url:
        yield SimpleNamespace(endpoint_url=url)


@pytest.fixture
def proxy(server, monkeypatch):
    with faulty_s3(server) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", proxy.url)
        yield proxy


def test_objects(proxy):
    found = list(list_objects(SCEDC.bucket, "few/", SCEDC.region))
    assert [each.key for each in found] == ["few/x", "few/y/w", "few/y/z"]
    assert (found[0].etag, found[0].size) == ('"etag"', 7)
    assert found[0].modified_ns == 1_700_000_000 * 10**9
    assert len(proxy.requests) == 1
    assert list(list_objects(SCEDC.bucket, "none/", SCEDC.region)) == []


def test_folders(proxy):
    assert list(list_folders(SCEDC.bucket, "few/", SCEDC.region)) == ["few/y/"]
    assert list(list_folders(SCEDC.bucket, "", SCEDC.region)) == ["few/", "many/"]


def test_more_than_a_page(proxy):
    assert [each.key for each in list_objects(SCEDC.bucket, "many/", SCEDC.region)] == MANY
    assert len(proxy.requests) == 2
    folders = list(list_folders(SCEDC.bucket, "many/", SCEDC.region))
    assert folders == [key.rpartition("/")[0] + "/" for key in MANY]


def test_a_refusal_has_its_code(proxy):
    proxy.add(forbid)
    with pytest.raises(
        S3Error, match="could not list s3://scedc-pds/few/\\*: S3 answered"
    ) as caught:
        list(list_objects(SCEDC.bucket, "few/", SCEDC.region))
    assert caught.value.details["code"] == "AccessDenied"
