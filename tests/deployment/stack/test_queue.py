"""The lines for the queue and its dead letters."""

import json

from tests.deployment.support.page_lines import (
    ARN,
    DEAD_LETTER,
    DEPLOYMENT,
    OPERATING,
    Pasted,
    assert_a_month,
    requests_in,
)


@DEPLOYMENT.covers(("Using the stack", "sh", 3), ("Using the stack", "sh", 4))
def test_a_month_through_the_queue(stack: Pasted) -> None:
    assert '"ApproximateNumberOfMessages": "93"' in stack.printed
    assert_a_month(requests_in(stack.account, "scedc-jobs"))


@OPERATING.covers(("Failed jobs", "sh", 0), ("Failed jobs", "sh", 1), ("Failed jobs", "sh", 2))
def test_dead_letters(stack: Pasted) -> None:
    shown = json.dumps([[json.dumps(DEAD_LETTER), "NoWaveformError", "no data"]], indent=4)
    assert shown in stack.printed
    queues = f"arn:aws:sqs:{ARN}:scedc"
    assert stack.account.not_sent("start-message-move-task") == {
        "--source-arn": f"{queues}-dead-letters",
        "--destination-arn": f"{queues}-jobs",
    }
    assert stack.account.not_sent("list-message-move-tasks") == {
        "--source-arn": f"{queues}-dead-letters"
    }
    assert requests_in(stack.account, "scedc-dead-letters") == []
