"""The results file, the summary of a run, and the picture of time windows."""
