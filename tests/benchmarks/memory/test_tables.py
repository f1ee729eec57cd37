"""The memory sweep's tables."""

import re

from benchmarks.memory.tables import seconds, tables


def test_table_of_times():
    cells = [
        {"memory_mb": 1024, "request": "a", "out_of_memory": False, "billed_seconds": 1.23456},
        {"memory_mb": 512, "request": "a", "out_of_memory": True},
        {"memory_mb": 512, "request": "b", "out_of_memory": False, "billed_seconds": 2.0},
    ]
    assert seconds(cells).splitlines() == [
        "| MB | a | b |",
        "| --- | --- | --- |",
        "| 512 | too little | 2.000 |",
        "| 1,024 | 1.235 |  |",
    ]


def test_tables_have_cold_and_warm_seconds_gb_seconds_and_dollars():
    day = {"memory_mb": 2048, "request": "a day", "out_of_memory": False, "sampling_rate": 100.0}
    day |= {"cold_seconds": 5.0, "billed_seconds": 2.0}
    window = {**day, "request": "a window", "reply_bytes": 2**30}
    text = tables({"response": [day], "timewindow": [window]})
    figures = re.findall(r"^\| 2,048 \| (\S+) \|$", text, re.MULTILINE)
    # 4 GB-seconds are $0.0000667. A job adds $0.0000071 of fees, a window of 1 GB $0.09 of egress.
    assert figures == [
        *("5.000", "2.000", "4.000", "$0.000074"),
        *("5.000", "2.000", "4.000", "$0.090"),
    ]
