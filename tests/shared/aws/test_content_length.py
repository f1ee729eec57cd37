"""Row 8 of docs/reliability.md: no size comes from an answer that has none, or nonsense."""

import pytest

from shared.aws._bodies import BrokenAnswerError, content_length


@pytest.mark.parametrize("answer", [{}, {"ContentLength": None}, {"ContentLength": -5}])
def test_answer_without_a_size(answer: dict[str, int | None]) -> None:
    with pytest.raises(BrokenAnswerError, match="no Content-Length|-5 bytes"):
        content_length(answer)


def test_empty_object() -> None:
    assert content_length({"ContentLength": 0}) == 0
