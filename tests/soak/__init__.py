"""Long life: thousands of mixed invocations in one process, which stays as it was.

Run `python -m tests.soak --help`, or `make soak`.

invocations: the invocations of the mix, and the objects they read.
answers: an invocation's answer as bytes, the same each time.
process: invocations in one warm process, with its memory, descriptors, threads and files.
"""
