"""The extents of channels, exact or by the first and the last records."""

from shared.archive.scedc import SCEDC
from shared.fdsnws import availability
from shared.holdings.day_holdings import forget_holdings

ALL = "start=2024-01-01&end=2024-01-05"
NAMES = [
    *("#Network", "Station", "Location", "Channel", "Quality", "SampleRate"),
    *("Earliest", "Latest", "Updated", "TimeSpans", "Restriction"),
]
ROWS = [
    ["CE", "13884", "10", "HNZ", "D", "1.0", "2024-01-01T00:00:00.000000Z",
     "2024-01-01T00:29:59.000000Z", "3", "OPEN"],
    ["CI", "BOM", "--", "BHZ", "D", "1.0", "2024-01-01T00:00:00.500000Z",
     "2024-01-04T12:09:59.000000Z", "3", "OPEN"],
    ["CI", "BOM", "00", "BHN", "D", "1.0", "2024-01-01T01:00:00.000000Z",
     "2024-01-01T01:06:39.000000Z", "1", "OPEN"],
    ["CI", "BOM", "00", "BHN", "R", "1.0", "2024-01-01T01:06:40.000000Z",
     "2024-01-01T01:13:19.000000Z", "1", "OPEN"],
    ["CI", "BOM", "00", "BHN", "D", "10.0", "2024-01-01T01:13:20.000000Z",
     "2024-01-01T01:19:59.900000Z", "1", "OPEN"],
]  # fmt: skip


def without_update(rows):
    return [row[:-3] + row[-2:] for row in rows]


def test_text(days, get):
    for url in (f"extent?{ALL}", "extent", f"extent?net=*&{ALL}"):
        answer = get(url)
        assert answer.headers["Content-Type"] == "text/plain"
        assert answer.text.splitlines()[0].split() == NAMES
        assert without_update(answer.rows) == ROWS
        assert all(len(row[-3]) == len("2024-01-01T00:00:00Z") for row in answer.rows)


def test_geocsv(days, get):
    lines = get(f"extent?cha=BHZ&{ALL}&format=geocsv").text.splitlines()
    assert lines[2].endswith("|hertz|ISO_8601|ISO_8601|ISO_8601|unitless|unitless")
    assert lines[3].endswith("|float|datetime|datetime|datetime|integer|string")
    assert lines[4] == "|".join(NAMES).removeprefix("#")
    fields = lines[5].split("|")
    assert [*fields[:8], *fields[9:]] == [field.strip("-") or "" for field in ROWS[1]]


def test_json(days, get):
    (source,) = get(f"extent?cha=BHZ&{ALL}&format=json").json["datasources"]
    assert source.pop("updated").endswith("Z")
    assert source == {
        "network": "CI", "station": "BOM", "location": "", "channel": "BHZ", "quality": "D",
        "samplerate": 1.0, "earliest": ROWS[1][6], "latest": ROWS[1][7], "timespanCount": 3,
        "restriction": "OPEN",
    }  # fmt: skip


def test_request(days, get):
    answer = get("extent?cha=BHZ&format=request&start=2024-01-01T12:00:00&end=2024-01-02T03:00:00")
    assert answer.text == (
        "CI BOM -- BHZ 2024-01-01T12:00:00.000000Z 2024-01-02T03:00:00.000000Z\n"
    )


def test_merging(days, get):
    answer = get(f"extent?cha=BHN&{ALL}&merge=quality,samplerate")
    assert without_update(answer.rows) == [
        ["CI", "BOM", "00", "BHN", ROWS[2][6], ROWS[4][7], "3", "OPEN"]
    ]
    answer = get(f"extent?cha=BHN&{ALL}&merge=quality")
    assert [row[4] for row in answer.rows] == ["1.0", "10.0"]


def test_order(days, get):
    for order, counts in (
        ("timespancount", [1, 1, 1, 3, 3]),
        ("timespancount_desc", [3, 3, 1, 1, 1]),
        ("nslc_time_quality_samplerate", [3, 3, 1, 1, 1]),
    ):
        rows = get(f"extent?{ALL}&orderby={order}").rows
        assert [int(row[-2]) for row in rows] == counts
        assert len(get(f"extent?{ALL}&orderby={order}&limit=2").rows) == 2


def test_large_days_give_their_edges(days, get, monkeypatch):
    """Days that are too large to be read have the same extents, but their spans are not counted."""
    monkeypatch.setattr(availability, "_SHARE_OF_EXTENTS", 1e-9)
    answer = get(f"extent?cha=BHZ,HNZ&{ALL}")
    assert without_update(answer.rows) == [[*row[:-2], "NA", "OPEN"] for row in ROWS[:2]]
    (source,) = get(f"extent?cha=BHZ&{ALL}&format=json").json["datasources"]
    assert source["timespanCount"] is None
    # The time lies between the first and the last record.
    assert len(get("extent?cha=BHZ&start=2024-01-01T12:00:00&end=2024-01-01T12:01:00").rows) == 1
    assert get("extent?cha=BHZ&start=2024-01-04T13:00:00&end=2024-01-04T14:00:00").status == 204
    # Once a query has read the days, all is known.
    assert get(f"query?cha=BHZ,HNZ&{ALL}").status == 200
    assert without_update(get(f"extent?cha=BHZ,HNZ&{ALL}").rows) == ROWS[:2]


def test_post(days, get):
    body = "format=text\nCI BOM * BH? 2024-01-01T00:00:00 2024-01-04T23:00:00\n"
    assert without_update(get("extent", body).rows) == ROWS[1:]


def test_many_days_are_answered_by_their_indexes(days, get, monkeypatch):
    """Of more objects than the limit, the days are those that have objects, and none is read."""
    monkeypatch.setenv("MAX_OBJECTS", "4")
    answer = get(f"extent?{ALL}")
    day_1, end_1 = "2024-01-01T00:00:00.000000Z", "2024-01-01T23:59:59.999999Z"
    assert answer.rows == [
        ["CE", "13884", "10", "HNZ", "NA", "1.0", day_1, end_1, "NA", "NA", "OPEN"],
        ["CI", "BOM", "--", "BHZ", "NA", "1.0", day_1, end_1.replace("-01T", "-04T"),
         "NA", "NA", "OPEN"],
        ["CI", "BOM", "00", "BHN", "NA", "1.0", day_1, end_1, "NA", "NA", "OPEN"],
    ]  # fmt: skip
    assert "exact to the day" in answer.headers["X-Warnings"]
    assert "5 days" in answer.headers["X-Warnings"]
    assert len(get(f"extent?{ALL}&merge=samplerate").rows[0]) == len(NAMES) - 1
    (source, *_) = get(f"extent?{ALL}&format=json").json["datasources"]
    assert {"quality", "updated"}.isdisjoint(source)
    assert (source["samplerate"], source["timespanCount"]) == (1.0, None)
    # Exact codes select days that need not have data: the third one, and the fifth.
    answer = get(f"extent?net=CI&sta=BOM&loc=--&cha=BHZ&{ALL}")
    assert (answer.rows[0][6:8], len(answer.rows)) == ([day_1, end_1.replace("-01T", "-04T")], 1)
    assert get(f"extent?net=CI&sta=BOM&loc=--&cha=BHE&{ALL}").status == 204
    # Neither a quality nor exact spans are in an index.
    assert get(f"extent?{ALL}&quality=D").status == 413
    assert get(f"query?net=*&{ALL}").status == 413


def test_days_without_an_index_have_no_rate(days, get, monkeypatch):
    monkeypatch.setenv("MAX_OBJECTS", "2")
    monkeypatch.setattr(days, "has_indexes", False)
    forget_holdings()
    days.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="public-read")
    answer = get("extent?start=2024-01-01&end=2024-01-01T12:00:00&format=geocsv")
    days.client.put_bucket_acl(Bucket=SCEDC.bucket, ACL="private")
    assert [row.split("|")[4:6] for row in answer.text.splitlines()[5:]] == [["NA", "NA"]] * 3
