"""Send requests: Lambda invocations, SQS messages, retries, worker threads, Ctrl-C."""
