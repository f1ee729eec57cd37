"""An account in which all lines for the stack were pasted, except those that remove it."""

import json
from collections.abc import Iterator

import pytest

from tests.deployment.support.aws_account import AwsAccount, aws_account
from tests.deployment.support.deployed_stack import STACK
from tests.deployment.support.page_lines import (
    DEAD_LETTER,
    WITH_SAM,
    Pasted,
    inventory,
    lines_of,
    prepare,
)
from tests.support.pages import make_folder


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AwsAccount]:
    with aws_account(tmp_path_factory.mktemp("aws")) as account:
        prepare(account)
        yield account


@pytest.fixture(scope="session")
def stack(account: AwsAccount, tmp_path_factory: pytest.TempPathFactory) -> Pasted:
    """All lines for the stack, except those that remove it, pasted in order."""
    before = inventory(account)
    sqs = account.client("sqs")
    sqs.send_message(
        QueueUrl=sqs.get_queue_url(QueueName=f"{STACK}-dead-letters")["QueueUrl"],
        MessageBody=json.dumps(DEAD_LETTER),
        MessageAttributes={
            name: {"DataType": "String", "StringValue": text}
            for name, text in (("ErrorType", "NoWaveformError"), ("ErrorMessage", "no data"))
        },
    )
    folder = make_folder(tmp_path_factory.mktemp("stack"))
    return Pasted(account, folder, account.paste(lines_of(*WITH_SAM), folder), before)
