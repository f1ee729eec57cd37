"""The commands of `run_lambda.py` and their command line."""
