"""AWS services and the Lambda container. No other package imports botocore.

s3_client: S3 clients, and threads for parallel requests.
s3_codes: S3's error codes.
s3_objects: the objects that can be read.
s3_read: objects, read whole or in parts.
s3_list: listings of public objects.
s3_write: uploads, and signed links.
dead_letters: messages that failed for good, sent to a queue with the reason.
etag_cache: `ETagCache`, results that a warm container keeps of S3 objects.
memory: refuses work that would exhaust the function's memory.
time_limit: refuses work that would not end within the function's time.
deadline: the time left in an invocation, for its requests to S3 and for another job.

_requests: sends S3's requests, and translates their errors.
_plain_get: GET for public objects, without the layers of botocore.
_attempts: repeats requests until the deadline.
_timed_sockets: connections that keep the deadline, whatever S3 does.
_bodies: reads bodies, and compares their sizes and versions.
_buckets: whether buckets can be listed, which decides the meaning of 403.
_clients: makes AWS clients, with their session and time-outs.
"""
