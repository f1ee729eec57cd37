"""Lambda events in, replies out: wrap a `process` of your own with `lambda_handler`.

::

    handler          wraps `process`; passes each event on by its source
    log_line         writes one JSON line for each invocation, with its metrics
    event_source     names the service that sent an event
    http_event       reads HTTP events: method, query, headers, body
    http_request     an HTTP request, the same from every front door
    routes           the table of a function's paths, and the shape of errors
    http_reply       writes HTTP replies: JSON, gzip or base64, and errors
    http_status      the HTTP status of each error
    direct_reply     writes the reply to a direct invocation
    reply_body       an answer as bytes, in gzip where that pays
    reply_size       Lambda's limits, and the size of a reply
    large_replies    stores a reply beyond the limit and links to it, or refuses it
    updates          work that a schedule asks for by a direct event
    batch            runs the jobs of a batch and catches their errors
    sqs_batch        SQS messages; reports failures, fills the dead-letter queue
    s3_batch         tasks of S3 Batch Operations and their result codes
    distributed_map  items of Step Functions' Distributed Map

Importing this package loads neither ObsPy nor NumPy nor boto3.
"""

from shared.invocation.batch import BatchJobs
from shared.invocation.handler import lambda_handler
from shared.invocation.http_request import HttpRequest
from shared.invocation.routes import Route
from shared.reply import File, Reply

__all__ = ["BatchJobs", "File", "HttpRequest", "Reply", "Route", "lambda_handler"]
