"""AWS on one machine: the demo, `make serve`, a synthetic archive, S3, SQS, Lambda's emulator."""
