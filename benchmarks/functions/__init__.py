"""Both functions as Lambda runs them.

cold_and_warm  the table of cold starts, first and warm invocations
one_container  a function's start and invocations in one process
"""
