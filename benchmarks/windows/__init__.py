"""Benchmarks of time windows."""
