"""The continuous spans of channels: every format, merging, order, selection and errors."""

import pytest

ALL = "start=2024-01-01&end=2024-01-05"
BHZ = (
    ("2024-01-01T00:00:00.500000Z", "2024-01-02T00:59:59.500000Z"),  # joined across midnight
    ("2024-01-02T02:00:00.250000Z", "2024-01-02T03:59:59.250000Z"),
    ("2024-01-04T12:00:00.000000Z", "2024-01-04T12:09:59.000000Z"),
)
MIDNIGHT = "2024-01-02T00:00:00.500000Z"
BHN = (
    ("D", "1.0", "2024-01-01T01:00:00.000000Z", "2024-01-01T01:06:39.000000Z"),
    ("R", "1.0", "2024-01-01T01:06:40.000000Z", "2024-01-01T01:13:19.000000Z"),
    ("D", "10.0", "2024-01-01T01:13:20.000000Z", "2024-01-01T01:19:59.900000Z"),
)
HNZ = (
    ("2024-01-01T00:00:00.000000Z", "2024-01-01T00:09:59.000000Z"),
    ("2024-01-01T00:05:00.000000Z", "2024-01-01T00:14:59.000000Z"),
    ("2024-01-01T00:20:00.000000Z", "2024-01-01T00:29:59.000000Z"),
)


def test_text(days, get):
    answer = get(f"query?net=CI&{ALL}")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/plain")
    header = answer.text.splitlines()[0].split()
    assert header == (
        [
            "#Network",
            "Station",
            "Location",
            "Channel",
            "Quality",
            "SampleRate",
            "Earliest",
            "Latest",
        ]
    )
    assert answer.rows == [
        *(["CI", "BOM", "--", "BHZ", "D", "1.0", *span] for span in BHZ),
        *(["CI", "BOM", "00", "BHN", *row] for row in BHN),
    ]


def test_geocsv_as_irisseismic_reads_it(days, get):
    """Four lines are skipped, then names, then as many fields as names."""
    answer = get(f"query?sta=BOM&cha=BHZ&{ALL}&format=geocsv")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "text/csv")
    lines = answer.text.splitlines()
    assert lines[:5] == [
        "#dataset: GeoCSV 2.0",
        "#delimiter: |",
        "#field_unit: unitless|unitless|unitless|unitless|unitless|hertz|ISO_8601|ISO_8601",
        "#field_type: string|string|string|string|string|float|datetime|datetime",
        "Network|Station|Location|Channel|Quality|SampleRate|Earliest|Latest",
    ]
    assert lines[5:] == ["|".join(("CI", "BOM", "", "BHZ", "D", "1.0", *span)) for span in BHZ]
    shorter = get(f"query?sta=BOM&{ALL}&format=geocsv&merge=quality,samplerate&show=latestupdate")
    names, *rows = shorter.text.splitlines()[4:]
    assert names == "Network|Station|Location|Channel|Earliest|Latest|Updated"
    assert {row.count("|") for row in rows} == {6}


def test_json_as_seisplotjs_reads_it(days, get):
    answer = get(f"query?net=CI&{ALL}&format=json")
    assert (answer.status, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json["version"] == 1.0
    assert answer.json["created"].endswith("Z")
    first, *others = answer.json["datasources"]
    assert first == {
        "network": "CI", "station": "BOM", "location": "", "channel": "BHZ", "quality": "D",
        "samplerate": 1.0, "timespans": [list(span) for span in BHZ],
    }  # fmt: skip
    assert [
        (each["quality"], str(each["samplerate"]), *each["timespans"][0]) for each in others
    ] == [*BHN]
    shown = get(f"query?net=CI&{ALL}&format=json&show=latestupdate&merge=quality").json
    assert all(each["updated"][10] == "T" for each in shown["datasources"])
    assert not any("quality" in each for each in shown["datasources"])


def test_request_is_a_body_for_post_and_cut_to_the_time(days, get):
    query = "query?net=*&start=2024-01-01T01:05:00&end=2024-01-02T02:30:00.5"
    answer = get(f"{query}&format=request")
    assert answer.headers["Content-Type"] == "text/plain"
    assert answer.text.splitlines() == [
        "CI BOM -- BHZ 2024-01-01T01:05:00.000000Z 2024-01-02T00:59:59.500000Z",
        "CI BOM -- BHZ 2024-01-02T02:00:00.250000Z 2024-01-02T02:30:00.500000Z",
        "CI BOM 00 BHN 2024-01-01T01:05:00.000000Z 2024-01-01T01:06:39.000000Z",
        "CI BOM 00 BHN 2024-01-01T01:06:40.000000Z 2024-01-01T01:13:19.000000Z",
        "CI BOM 00 BHN 2024-01-01T01:13:20.000000Z 2024-01-01T01:19:59.900000Z",
    ]
    assert get("query", f"format=request\n{answer.text}").text == answer.text
    # Other formats have the whole spans.
    assert get(f"{query}&cha=BHZ").rows == [
        ["CI", "BOM", "--", "BHZ", "D", "1.0", *span] for span in BHZ[:2]
    ]


def test_post_with_several_lines(days, get):
    body = (
        "mergegaps=4000\nformat=request\n"
        "CI BOM -- BHZ 2024-01-01T00:00:00 2024-01-01T01:00:00\n"
        "CI BOM -- BHZ 2024-01-02T01:30:00 2024-01-02T02:00:00\n"
        "C? * * HN* 2024-01-01T00:00:00 2024-01-01T00:01:00\n"
    )
    assert get("query", body).text.splitlines() == [
        "CE 13884 10 HNZ 2024-01-01T00:00:00.000000Z 2024-01-01T00:01:00.000000Z",
        "CI BOM -- BHZ 2024-01-01T00:00:00.500000Z 2024-01-01T01:00:00.000000Z",
        "CI BOM -- BHZ 2024-01-02T01:30:00.000000Z 2024-01-02T02:00:00.000000Z",
    ]


SPANS = {
    "cha=HNZ": HNZ,
    "cha=HNZ&merge=overlap": [(HNZ[0][0], HNZ[1][1]), HNZ[2]],
    "cha=HNZ&merge=overlap&mergegaps=301": [(HNZ[0][0], HNZ[2][1])],
    "cha=HNZ&merge=overlap&mergegaps=300.9": [(HNZ[0][0], HNZ[1][1]), HNZ[2]],
    "cha=BHZ&mergegaps=1": BHZ,
    "cha=BHZ&mergegaps=3600.75": [(BHZ[0][0], BHZ[1][1]), BHZ[2]],
    "cha=BHZ&mergegaps=3600.74": BHZ,
    "cha=BHZ&mergegaps=1000000": [(BHZ[0][0], BHZ[2][1])],
    "cha=BHN&merge=quality": [(BHN[0][2], BHN[1][3]), BHN[2][2:]],
    "cha=BHN&merge=samplerate,quality": [(BHN[0][2], BHN[2][3])],
    "cha=BHN&mergegaps=100": [row[2:] for row in BHN],
    "cha=BHN&quality=R": [BHN[1][2:]],
    "cha=BHN&quality=R,Q": [BHN[1][2:]],
    "cha=BHN&quality=*": [row[2:] for row in BHN],
    "cha=BHN&limit=2": [row[2:] for row in BHN[:2]],
    "cha=BHN&limit=500000": [row[2:] for row in BHN],
    "cha=BHZ&start=2024-01-02T00:59:59.5&end=2024-01-02T01:00:00": [(MIDNIGHT, BHZ[0][1])],
    "cha=BHZ&start=2024-01-02T00:59:59.51&end=2024-01-02T02:00:00.25": [BHZ[1]],
    "cha=BHZ&start=2024-01-02T01:00:00&end=2024-01-02T01:59:59": [],
    "cha=BHZ&start=2024-01-03&end=2024-01-03T23:59:59": [],
}  # fmt: skip
"""The spans of each query."""


def test_merging_and_selection(days, get):
    found, statuses = {}, {}
    for query in SPANS:
        answer = get(f"query?{query}{'' if 'start=' in query else f'&{ALL}'}")
        found[query] = [tuple(row[-2:]) for row in answer.rows]
        statuses[query] = answer.status
    assert found == {query: [*spans] for query, spans in SPANS.items()}
    assert statuses == {query: 200 if spans else 204 for query, spans in SPANS.items()}


def test_merged_columns_are_left_out(days, get):
    for merge, names in (
        ("quality", "SampleRate Earliest"),
        ("samplerate", "Quality Earliest"),
        ("samplerate,quality", "Channel Earliest"),
        ("overlap", "Quality SampleRate Earliest"),
    ):
        answer = get(f"query?cha=BHN&{ALL}&merge={merge}")
        header = " ".join(answer.text.splitlines()[0].split())
        assert f"Channel {names}".replace("Channel Channel", "Channel") in header
        assert {len(row) for row in answer.rows} == {len(header.split())}


def test_no_data(days, get):
    assert get(f"query?net=XX&{ALL}") == (204, get(f"query?net=XX&{ALL}").headers, "")
    missing = get(f"query?net=XX&{ALL}&nodata=404")
    assert missing.status == 404
    assert missing.text.startswith("Error 404: Not Found\n\nthere are no data")


def test_open_times_take_all_days(days, get):
    whole = get(f"query?net=*&{ALL}").text
    assert get("query?net=*").text == whole
    assert get("query?net=*&start=2024-01-01").text == whole
    assert get("query?sta=BOM&loc=--&cha=BHZ&net=CI&end=2024-01-05").rows == [
        ["CI", "BOM", "--", "BHZ", "D", "1.0", *span] for span in BHZ
    ]
    last = get("query?cha=BHZ&start=2024-01-03").rows
    assert [row[-2:] for row in last] == [[*BHZ[2]]]
    assert get("query?net=*&start=2025-01-01").status == 204
    assert get("query?net=*&end=2000-01-01").status == 204


@pytest.mark.parametrize(
    ("url", "said"),
    [
        (f"query?{ALL}", "there is no network, station, location or channel"),
        (f"query?net=CI&{ALL}&merge=time", "merge is 'time'"),
        (f"query?net=CI&{ALL}&mergegaps=-1", "mergegaps is -1"),
        (f"query?net=CI&{ALL}&orderby=timespancount", "orderby is 'timespancount'"),
        (f"query?net=CI&{ALL}&limit=0", "limit is 0"),
        (f"query?net=CI&{ALL}&format=sync", "format is 'sync'"),
        (f"query?net=CI&{ALL}&show=all", "show is 'all'"),
        (f"query?net=CI&{ALL}&quality=X", "quality is 'X'"),
        (f"extent?net=CI&{ALL}&mergegaps=1", "no parameter 'mergegaps'"),
        (f"extent?net=CI&{ALL}&merge=overlap", "merge is 'overlap'"),
        (f"extent?net=CI&{ALL}&show=latestupdate", "no parameter 'show'"),
        ("query?net=CI&start=2024-01-02&end=2024-01-01", "the end is before the start"),
    ],
)
def test_wrong_requests(get, url, said):
    answer = get(url)
    assert answer.status == 400
    assert answer.text.startswith("Error 400: Bad Request\n\n")
    assert said in answer.text


def test_order(days, get):
    rows = get(f"query?net=*&{ALL}&format=request").text.splitlines()
    assert rows == sorted(rows)
    for order, reverse in (("latestupdate", False), ("latestupdate_desc", True)):
        answer = get(f"query?net=*&{ALL}&show=latestupdate&orderby={order}")
        updates = [row[-1] for row in answer.rows]
        assert updates == sorted(updates, reverse=reverse)
        assert len(updates) == len(rows)
