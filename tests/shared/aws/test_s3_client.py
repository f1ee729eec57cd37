"""The same with several things at the same time."""

import threading

import boto3
import pytest

from shared.aws.s3_client import in_threads


def test_all_are_done_in_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    done: list[int] = []
    in_threads(done.append, range(40))
    assert sorted(done) == list(range(40))


def test_one_alone_takes_no_thread() -> None:
    threads = []
    in_threads(lambda _: threads.append(threading.current_thread()), [1])
    assert threads == [threading.main_thread()]


def test_none_is_fine() -> None:
    in_threads(pytest.fail, [])


def test_what_is_raised_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        in_threads(lambda number: 1 / number, [1, 0])


def test_all_threads_share_one_client(monkeypatch: pytest.MonkeyPatch) -> None:
    from shared.aws import s3_client

    made = []
    make = boto3.client
    monkeypatch.setattr(boto3, "client", lambda *a, **k: (made.append(a), make(*a, **k))[1])
    barrier = threading.Barrier(8, timeout=300)

    def use(_: int) -> None:
        barrier.wait()
        s3_client.client(signed=False)

    in_threads(use, range(8))
    assert len(made) == 1
