"""Benchmarks of every figure in the README and in docs/. `make bench` runs them all.

speed          one table of the speed of both functions, with its targets
response       response removal: errors at gaps and midnights
windows        time windows: bytes and time against the tutorial's function, margins
memory         time, memory and cost of the container images at each memory size
servers        S3 and a slow network, in their own processes
generated_day  a generated day and its metadata, where the samples do not matter
real_data      days of real channels from the archive
events         events for both functions that read another station in each invocation
processes      measurements in their own processes
markdown       tables and figures
"""
