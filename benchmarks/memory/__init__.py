"""Time and memory of the container images by memory size."""
