"""Settings are read from the environment and checked."""

import pytest

from shared import settings
from shared.errors import SettingsError

BUCKETS = {
    "S3_INPUT_BUCKET": settings.input_bucket_if_set,
    "S3_OUTPUT_BUCKET": settings.output_bucket,
}
GOOD_NAMES = ["scedc-pds", "abc", "a1.b2-c3", "0ab", "x" * 63]
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
BAD_NAMES = [
    "ab",
    "x" * 64,
    "Bucket",
    "my_bucket",
    "my bucket",
    " bucket",
    "bucket ",
    "bucket\n",
    "-bucket",
    "bucket-",
    ".bucket",
    "bucket.",
    "two..periods",
    "192.168.5.4",
    "s3://bucket",
    "bucket/folder",
    "bucket/",
    "../etc",
    "arn:aws:s3:::bucket",
    "bückét",
    "bucket١",
    "buc\0ket",
]

each_setting = pytest.mark.parametrize("name", sorted(BUCKETS))


@each_setting
@pytest.mark.parametrize("bucket", GOOD_NAMES)
def test_bucket(monkeypatch, name, bucket):
    monkeypatch.setenv(name, bucket)
    assert BUCKETS[name]() == bucket


@each_setting
@pytest.mark.parametrize("bucket", [name for name in BAD_NAMES if "\0" not in name])
def test_invalid_bucket_names_are_refused(monkeypatch, name, bucket):
    monkeypatch.setenv(name, bucket)
    with pytest.raises(SettingsError) as caught:
        BUCKETS[name]()
    assert name in caught.value.message
    assert repr(bucket) in caught.value.message
    assert caught.value.details == {"setting": name}


@pytest.mark.parametrize("value", [None, ""])
def test_input_bucket_may_be_absent(monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("S3_INPUT_BUCKET", value)
    assert settings.input_bucket_if_set() is None


@pytest.mark.parametrize(
    ("value", "name"), [(None, "scedc"), ("", "scedc"), ("scedc", "scedc"), ("ncedc", "ncedc")]
)
def test_archive_name(monkeypatch, value, name):
    if value is not None:
        monkeypatch.setenv("ARCHIVE", value)
    assert settings.archive_name() == name


@pytest.mark.parametrize("value", [None, ""])
def test_output_bucket_has_no_default(monkeypatch, value):
    if value is not None:
        monkeypatch.setenv("S3_OUTPUT_BUCKET", value)
    with pytest.raises(SettingsError, match="S3_OUTPUT_BUCKET is not set") as caught:
        settings.output_bucket()
    assert caught.value.details == {"setting": "S3_OUTPUT_BUCKET"}


def test_output_bucket_may_be_absent(monkeypatch):
    assert settings.output_bucket_if_set() is None
    monkeypatch.setenv("S3_OUTPUT_BUCKET", "")
    assert settings.output_bucket_if_set() is None
    monkeypatch.setenv("S3_OUTPUT_BUCKET", "results")
    assert settings.output_bucket_if_set() == "results"
    monkeypatch.setenv("S3_OUTPUT_BUCKET", "s3://results")
    with pytest.raises(SettingsError, match="S3_OUTPUT_BUCKET"):
        settings.output_bucket_if_set()


@pytest.mark.parametrize(
    ("stored", "bucket"), [(None, "results"), ("", "results"), ("yes", "results"), ("no", None)]
)
def test_large_replies(monkeypatch, stored, bucket):
    monkeypatch.setenv("S3_OUTPUT_BUCKET", "results")
    if stored is None:
        monkeypatch.delenv("STORE_LARGE_REPLIES", raising=False)
    else:
        monkeypatch.setenv("STORE_LARGE_REPLIES", stored)
    assert settings.large_reply_bucket() == bucket
    assert settings.output_bucket() == "results"
    monkeypatch.delenv("S3_OUTPUT_BUCKET")
    assert settings.large_reply_bucket() is None


def test_large_replies_are_stored_or_not(monkeypatch):
    monkeypatch.setenv("STORE_LARGE_REPLIES", "No")
    with pytest.raises(SettingsError, match='is \'No\': must be "yes" or "no"') as caught:
        settings.large_reply_bucket()
    assert caught.value.details == {"setting": "STORE_LARGE_REPLIES"}


@pytest.mark.parametrize(
    ("kind", "is_snapshot"), [("snap-start", True), ("on-demand", False), (None, False)]
)
def test_kind_of_start(monkeypatch, kind, is_snapshot):
    monkeypatch.delenv("AWS_LAMBDA_INITIALIZATION_TYPE", raising=False)
    if kind:
        monkeypatch.setenv("AWS_LAMBDA_INITIALIZATION_TYPE", kind)
    assert settings.starts_from_snapshot() == is_snapshot


def test_settings_are_read_at_each_use(monkeypatch):
    monkeypatch.setenv("S3_INPUT_BUCKET", "first")
    assert settings.input_bucket_if_set() == "first"
    monkeypatch.setenv("S3_INPUT_BUCKET", "second")
    assert settings.input_bucket_if_set() == "second"


@pytest.mark.parametrize(
    ("environment", "region"),
    [
        ({}, "us-west-2"),
        ({"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, "us-west-2"),
        ({"AWS_DEFAULT_REGION": "eu-central-1"}, "eu-central-1"),
        ({"AWS_REGION": "us-east-1"}, "us-east-1"),
        # AWS sets the former on Lambda. If the latter differs, that is a mistake of the user.
        ({"AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "eu-central-1"}, "us-east-1"),
    ],
)
def test_region(monkeypatch, environment, region):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert settings.region() == region
    assert settings.region(default="us-east-2") == region.replace("us-west-2", "us-east-2")


def test_max_receive_count(monkeypatch):
    assert settings.max_receive_count() is None
    for text, expected in (("", None), ("1", 1), ("5", 5), ("1000", 1000)):
        monkeypatch.setenv("MAX_RECEIVE_COUNT", text)
        assert settings.max_receive_count() == expected


@pytest.mark.parametrize("text", ["0", "1001", "-1", "five", "5.0", " 5", "\u0665", "9" * 50])
def test_invalid_max_receive_count(monkeypatch, text):
    monkeypatch.setenv("MAX_RECEIVE_COUNT", text)
    with pytest.raises(SettingsError, match="MAX_RECEIVE_COUNT is .*must be the queue's") as caught:
        settings.max_receive_count()
    assert caught.value.details == {"setting": "MAX_RECEIVE_COUNT"}


@pytest.mark.parametrize(("text", "attempts"), [("", None), ("1", 1), ("1000", 1000)])
def test_max_attempts(monkeypatch, text, attempts):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", text)
    assert settings.max_attempts() == attempts


@pytest.mark.parametrize("text", ["0", "1001", "-1", "3.0", "many", " 3", "\u0663"])
def test_max_attempts_must_be_a_number(monkeypatch, text):
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", text)
    with pytest.raises(SettingsError, match="AWS_MAX_ATTEMPTS is .*: must be a number of attempts"):
        settings.max_attempts()
