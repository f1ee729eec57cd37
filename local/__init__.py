"""AWS on one machine.

synthetic  an archive of synthetic ground motion, recorded by a real instrument
cloud      S3, SQS, Lambda's emulator and containers
archives   the archives that can be served: the demo's, SCEDC's, or one's own files
services   S3, SQS and the functions, for one of them
station_index   the index of a served archive's stations
options    options of the commands that serve
demo       `make demo`: both functions with the tutorials' requests
try_out    `make try`: a day and a window of an archive
serve      `make serve`: all of that until Ctrl-C
picture    the demo's picture
command    commands that are shown and run
console    the console output of both commands
audit      `make audit`: the locks in the database of known vulnerabilities
project    the checkout's folders
"""
