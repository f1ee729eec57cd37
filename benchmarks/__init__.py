"""Benchmarks of every figure in the README and in docs/costs.md. `make bench` runs them all."""
