"""AWS services and the Lambda container: S3, SQS, /tmp, memory, the invocation's deadline.

No other package imports boto3 or botocore.
"""
