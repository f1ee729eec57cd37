"""The speed of both functions: one table with every target, one figure in each process.

__main__       measures all rows, or some by name, and prints the table
target         a row: the comparison, its figures, its target
response_rows  rows of response removal
window_rows    rows of time windows
container_row  the first and the next invocation, as the emulator bills them
function       invocations of a function in a new process, and the archive it reads
one_container  the program of that process
removal        the removal alone: ours, ObsPy's, and FFTs of the same length
"""
