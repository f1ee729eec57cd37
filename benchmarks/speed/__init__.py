"""The speed of both functions: one table with every target, one figure in each process.

__main__       measures all rows, or some by name, and prints the table
target         a row: the comparison, its figures, its target
response_rows  rows of response removal
window_rows    rows of time windows
fdsnws_rows    rows of single requests to the FDSN web services
station_rows   the row of station metadata, by the station index
bulk_rows      the row of ObsPy's clients: many channels over HTTP, and from local files
function_front the local HTTP API in front of a function of the same process
container_row  the first and the next invocation, as the emulator bills them
function       invocations of a function in a new process, and the archive it reads
one_container  the program of that process
removal        the removal alone: ours, ObsPy's, and FFTs of the same length
"""
