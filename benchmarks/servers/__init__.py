"""HTTP servers that stand for S3 in benchmarks."""
