"""Whole small programs that use the rooms of `shared` from Python.

read_windows    time windows of the archive as ObsPy traces
correct_stream  a stream from ObsPy's own `read()`, without its instrument response
correct_day     a channel day corrected into a bucket, and opened again
draw_gap        a day with a gap, drawn

Run them in the checkout's folder, such as `.venv/bin/python -m examples.read_windows`. They read
the real archive, unsigned. With `make serve` running, these variables make them read its archive::

    export AWS_ENDPOINT_URL_S3=http://127.0.0.1:9001 S3_OUTPUT_BUCKET=corrected-waveforms
    export AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local
"""
