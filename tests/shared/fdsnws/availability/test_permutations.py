"""Options together: any of them give well-formed answers that agree with one another."""

import random
from itertools import product

ALL = "start=2024-01-01&end=2024-01-05"
OPTIONS = {
    "query": {
        "merge": ("", "samplerate", "quality", "overlap", "samplerate,quality,overlap"),
        "mergegaps": ("", "0.0", "400", "1000000"),
        "orderby": ("", "latestupdate", "latestupdate_desc"),
        "show": ("", "latestupdate"),
    },
    "extent": {
        "merge": ("", "samplerate", "quality", "quality,samplerate"),
        "orderby": ("", "timespancount", "timespancount_desc", "latestupdate"),
    },
}
COMMON = {
    "limit": ("", "1", "3", "500000"),
    "quality": ("", "*", "D", "R,D"),
    "excludetoolarge": ("", "true", "FALSE"),
    "includerestricted": ("", "true"),
}


def test_formats_agree_under_any_options(days, get):
    draw = random.Random(1)
    for method, own in OPTIONS.items():
        options = {**own, **COMMON}
        for values in draw.sample([*product(*options.values())], 4):
            given = dict(zip(options, values, strict=True))
            query = "&".join(f"{name}={value}" for name, value in given.items() if value)
            answers = {
                name: get(f"{method}?net=C*&{ALL}&{query}&format={name}")
                for name in ("text", "geocsv", "json", "request")
            }
            assert {answer.status for answer in answers.values()} == {200}, query
            names, *table = [line.split("|") for line in answers["geocsv"].text.splitlines()[4:]]
            header = answers["text"].text.splitlines()[0].removeprefix("#").split()
            assert header == names
            assert answers["text"].rows == [[field or "--" for field in row] for row in table]
            first = names.index("Earliest")
            spans = sorted(tuple(row[first : first + 2]) for row in table)
            sources = answers["json"].json["datasources"]
            found = [tuple(span) for each in sources for span in each.get("timespans", ())]
            found += [(each["earliest"], each["latest"]) for each in sources if "earliest" in each]
            assert sorted(found) == spans
            rows = [line.split() for line in answers["request"].text.splitlines()]
            assert sorted(tuple(row[4:]) for row in rows) == spans
            assert ("Quality" in names) == ("quality" not in given["merge"])
            assert ("SampleRate" in names) == ("samplerate" not in given["merge"])
            assert len(table) <= int(given["limit"] or 99)
