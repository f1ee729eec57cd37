"""The source of an event: events as AWS documents them, and requests that resemble them."""

import pytest

from shared.invocation import event_source
from tests.support.builders import http_event

SQS_EVENT = {
    "Records": [
        {
            "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
            "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a...",
            "body": "Test message.",
            "attributes": {"ApproximateReceiveCount": "1"},
            "messageAttributes": {},
            "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-west-2:123456789012:jobs",
            "awsRegion": "us-west-2",
        }
    ]
}
S3_BATCH_1 = {
    "invocationSchemaVersion": "1.0",
    "invocationId": "YXNkbGZqYWRmaiBhc2RmdW9hZHNmZGpmaGFzbGtkaGZza2RmaAo",
    "job": {"id": "f3cc4f60-61f6-4a2b-8a21-d07600c373ce"},
    "tasks": [
        {
            "taskId": "dGFza2lkZ29lc2hlcmUK",
            "s3Key": "customerImage1.jpg",
            "s3VersionId": "1",
            "s3BucketArn": "arn:aws:s3:us-east-1:0123456788:awsexamplebucket1",
        }
    ],
}
KAFKA = {"eventSource": "aws:kafka", "records": {"topic-0": [{"topic": "topic"}]}}
EVENTBRIDGE = {
    "version": "0",
    "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
    "detail-type": "Scheduled Event",
    "source": "aws.events",
    "detail": {},
}


@pytest.mark.parametrize(
    ("event", "source"),
    [
        (http_event("{}"), event_source.HTTP),
        (http_event("{}", "1.0"), event_source.HTTP),
        (SQS_EVENT, event_source.SQS),
        (S3_BATCH_1, event_source.S3_BATCH),
        ({**S3_BATCH_1, "invocationSchemaVersion": "2.0"}, event_source.S3_BATCH),
        ({"Items": [{}]}, event_source.DISTRIBUTED_MAP),
        ({"Items": [{}], "BatchInput": {"output": "ACC"}}, event_source.DISTRIBUTED_MAP),
        ({"Records": [{"eventSource": "aws:s3", "s3": {}}]}, "an S3 event notification"),
        ({"Records": [{"EventSource": "aws:sns", "Sns": {}}]}, "an SNS notification"),
        ({"Records": [{"eventSource": "aws:kinesis"}]}, "a batch of a Kinesis stream"),
        ({"Records": [{"eventSource": "aws:new"}]}, "a batch of aws:new"),
        (KAFKA, "a batch of a Kafka topic"),
        (EVENTBRIDGE, "an EventBridge event ('Scheduled Event')"),
        ({"day": "2019,183", "nscl": "CI.SOC.HHZ."}, event_source.DIRECT),
        ({"Windows": []}, event_source.DIRECT),
        ({"Items": [], "day": "2019,183"}, event_source.DIRECT),
        ({"Records": []}, event_source.DIRECT),
        ({"Records": None}, event_source.DIRECT),
        ({"Records": "none"}, event_source.DIRECT),
        ({"Records": [1]}, event_source.DIRECT),
        ({"records": {}}, event_source.DIRECT),
        ({}, event_source.DIRECT),
        ([], event_source.DIRECT),
        ("text", event_source.DIRECT),
        (None, event_source.DIRECT),
    ],
)
def test_source(event, source):
    assert event_source.identify(event) == source
