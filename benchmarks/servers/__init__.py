"""Servers in front of the functions: S3 in three sizes, and a slow network."""
