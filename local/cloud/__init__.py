"""AWS on one machine: S3, Lambda's emulator, containers, the queue's event source mapping."""
