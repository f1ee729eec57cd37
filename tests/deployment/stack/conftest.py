"""An account in which all lines for the stack were pasted, except those that remove it."""

import json
from collections.abc import Iterator

import pytest

from shared.corrected_days.request import CorrectedDayRequest
from tests.deployment.support.aws_account import AwsAccount, aws_account
from tests.deployment.support.deployed_stack import STACK
from tests.deployment.support.page_lines import (
    DEAD_LETTER,
    WITH_SAM,
    Pasted,
    inventory,
    outputs,
    prepare,
)
from tests.support.builders import make_trace, mseed, noise
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
    put_result(account)  # moto's functions write none
    folder = make_folder(tmp_path_factory.mktemp("stack"))
    return Pasted(account, folder, account.paste(WITH_SAM, folder), before)


def put_result(account: AwsAccount) -> None:
    """Put the result that the page fetches into the output bucket."""
    request = CorrectedDayRequest.parse({"day": "2019,183", "nscl": "CI.SOC.HHZ."})
    day = make_trace("CI.SOC.HHZ.", "2019-07-02T00:00:00.0084", noise(1_000), 100.0)
    account.client("s3").put_object(
        Bucket=outputs(account)["OutputBucketName"], Key=request.output_key, Body=mseed(day)
    )
