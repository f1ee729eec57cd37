"""Time, memory and cost of the container images at each memory size."""
