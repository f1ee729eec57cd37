"""AWS on one machine: S3 and SQS, Lambda's emulator, an event source mapping, containers."""
