"""Benchmarks of response removal."""
