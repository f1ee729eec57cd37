"""Send requests to a Lambda function or a queue.

Contents::

    target           where requests go: function, queue, region; AWS clients
    local_services   services of `make serve` on this machine
    invoke           one invocation of a function
    in_parts         a list in as few requests as the function's limits allow
    enqueue          requests as SQS messages, ten per call
    retry            which errors to retry, and when
    workers          worker threads
    interruption     stop after Ctrl-C or SIGTERM
    download         large replies that come as a link
    fetch            an object of S3 into a file
    request_result   result of one request
"""
