"""Code that both Lambda functions use; nothing in here knows its callers.

::

    fdsnws/          FDSN web services: dataselect, station, availability
    windows/         time windows: request, limits, plan, read, merge, ground motion, reply
    station_index/   the index of the archive's stations, made of its StationXML
    holdings/        which channels have data on which days
    corrected_days/  a channel day with the instrument response removed, written to S3
    invocation/      Lambda events in, replies out: HTTP, SQS, S3 Batch Operations, Step Functions
    response/        instrument response removal on ObsPy streams
    formats/         file formats of waveforms: miniSEED, SAC
    waveforms/       day objects of the archive, read whole or by records
    stations/        StationXML of the archive
    archive/         names and keys of the archive: channels, days, times
    aws/             S3, SQS and the Lambda container; the only folder that imports botocore
    guard.py         the guard of last resort: an error for any exception
    reply.py         an answer with its failures, headers and extent
    fields.py        the checked fields of a JSON request
    limits.py        the limits of one request, event or object
    settings.py      the environment variables
    snapshot.py      containers that are restored from a snapshot
    machine.py       faults of the machine, as errors that name them
    telemetry.py     facts and figures of an invocation, for its log line
    strict_json.py   JSON without NaN, from Python and NumPy values
    wording.py       wording of messages
    version.py       the version of the project
    errors.py        every error that a caller may see

A module imports only from lower layers; `tests/test_architecture.py` has the layers.
"""

import gc

# A start allocates some 200,000 objects that stay alive. With the default threshold of 700
# allocations, the garbage collector would scan them over and over, for a quarter of a cold start.
gc.set_threshold(200_000)
