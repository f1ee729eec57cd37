"""The cloud on one machine: a generated archive, S3 and the two functions, without an account."""
