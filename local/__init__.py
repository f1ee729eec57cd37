"""AWS on one machine.

synthetic  an archive of synthetic ground motion, recorded by a real instrument
cloud      S3, SQS, Lambda's emulator and containers
demo       `make demo`: both functions with the tutorials' requests
serve      `make serve`: S3 and one function until Ctrl-C
picture    the demo's picture
console    the console output of both commands
audit      `make audit`: the locks in the database of known vulnerabilities
project    the checkout's folders
"""
