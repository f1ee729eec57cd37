"""The index of a day's waveforms: every form of its table, and rows that are no channel."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.holdings.holding import Holding
from shared.holdings.waveform_index import NoIndexError, parse_index

DAY = Day(2022, 2)
HEADER = "ms_filename,net,sta,seedchan,location,lat,lon,sample_rate"
ROWS = (
    "CIWBM__HNZ2C_2022002.ms,CI,WBM,HNZ,2C,35.60839,-117.89049,200.0",
    "CE13884HNZ10_2022002.ms,CE,13884,HNZ,10,33.95,-117.51,200.0",
    "CIGSC__BHZ___2022002.ms,CI,GSC,BHZ,,35.30177,-116.80574,40.0",
)
HOLDINGS = (
    Holding(ChannelId("CE", "13884", "HNZ", "10"), DAY, 33.95, -117.51, 200.0),
    Holding(ChannelId("CI", "GSC", "BHZ"), DAY, 35.30177, -116.80574, 40.0),
    Holding(ChannelId("CI", "WBM", "HNZ", "2C"), DAY, 35.60839, -117.89049, 200.0),
)


def parsed(content, day=DAY):
    if isinstance(content, str):
        content = content.encode()
    holdings, left_out = parse_index(content, SCEDC, day)
    return holdings.all, left_out


def table(*rows, header=HEADER, end="\n"):
    return end.join((header, *rows)) + end


QUOTED = "\n".join(",".join(f'"{x}"' for x in line.split(",")) for line in (HEADER, *ROWS))


@pytest.mark.parametrize(
    "content",
    [
        table(*ROWS),
        table(*ROWS, end="\r\n"),
        table(*ROWS, end="\r\n\r\n"),
        table(*ROWS).rstrip("\n"),
        QUOTED,
        "\ufeff" + table(*ROWS),
        table(*ROWS, header=HEADER.upper()),
        table(*ROWS, header=HEADER.replace("location", "loc").replace(",", " , ")),
        table(*(row.replace(",", " , ") for row in ROWS)),
        table(*ROWS, *ROWS),
    ],
)
def test_forms_of_the_table(content):
    assert parsed(content) == (HOLDINGS, [])


def test_columns_in_another_order_and_unknown_ones():
    rows = [row.split(",") for row in (HEADER, *ROWS)]
    text = "\n".join(",".join(("x", *reversed(row))) for row in rows)
    assert parsed(text) == (HOLDINGS, [])


@pytest.mark.parametrize("blank", ["", "--", "  ", '"  "', '"--"', "NULL"])
@pytest.mark.parametrize("name", ["loc", "location"])
def test_blank_locations_without_file_names(blank, name):
    content = f"net,sta,seedchan,{name}\nCI,GSC,BHZ,{blank}\n"
    assert parsed(content) == ((Holding(ChannelId("CI", "GSC", "BHZ"), DAY),), [])


def test_file_names_alone_suffice():
    content = "ms_filename\n" + "\n".join(row.partition(",")[0] for row in ROWS)
    assert [each.channel for each in parsed(content)[0]] == [each.channel for each in HOLDINGS]


def test_the_file_name_is_right_where_codes_contradict_it():
    row = "CIGSC__BHZ___2022002.ms,XX,YYY,ZZZ,99,35,-116,40"
    assert parsed(table(row))[0][0].channel == ChannelId("CI", "GSC", "BHZ")
    row = "2022/2022_002/CIGSC__BHZ___2022002.ms,XX,YYY,ZZZ,99,35,-116,40"
    assert parsed(table(row))[0][0].channel == ChannelId("CI", "GSC", "BHZ")


def test_codes_stand_in_for_a_name_that_is_none():
    row = "gsc.ms,ci,GSC ,BHZ,00,35,-116,40"
    assert parsed(table(row))[0][0].channel == ChannelId("CI", "GSC", "BHZ", "00")


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        ("README,,,,,,,", "README"),
        ("CIGSC__BHZ___2022003.ms,CI,GSC,BHZ,,35,-116,40", "CIGSC__BHZ___2022003.ms"),
        (",CI,GSC,BHZZ,,35,-116,40", "CI.GSC.BHZZ."),
        (",CI,G/SC,BHZ", "CI.G/SC.BHZ."),
        ("../../x,../,..,BHZ,,,,", "../../x"),
    ],
)
def test_rows_that_are_no_channel_are_counted(row, shown):
    assert parsed(table(row, *ROWS)) == (HOLDINGS, [shown])


@pytest.mark.parametrize("value", ["", "n/a", "nan", "inf", "1e400", "-", "999999999"])
def test_numbers_that_are_none(value):
    row = f"CIGSC__BHZ___2022002.ms,CI,GSC,BHZ,,{value},{value},{value}"
    assert parsed(table(row))[0] == (Holding(ChannelId("CI", "GSC", "BHZ"), DAY),)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n", b"<Error/>", b"a,b,c\n1,2,3\n", b"net,sta\nCI,GSC\n", b"PAR1\0\0\0", b"\xff\xfe"],
)
def test_other_contents_are_no_index(content):
    with pytest.raises(NoIndexError):
        parsed(content)


def test_a_header_alone_is_an_empty_day():
    assert parsed(HEADER) == ((), [])


def test_days_share_their_channels():
    other = [row.replace("2022002", "2022003") for row in ROWS]
    first, second = parsed(table(*ROWS))[0], parsed(table(*other), Day(2022, 3))[0]
    assert [each.channel for each in first] == [each.channel for each in second]
    assert all(a.channel is b.channel for a, b in zip(first, second, strict=True))


@given(st.binary(max_size=300))
def test_nothing_else_is_raised(content):
    for data in (content, HEADER.encode() + b"\n" + content):
        try:
            holdings, left_out = parse_index(data, SCEDC, DAY)
        except NoIndexError:
            continue
        assert len(holdings.all) + len(left_out) <= data.count(b"\n") + data.count(b"\r") + 1


FIELDS = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), max_size=9)


@settings(max_examples=30)
@given(st.lists(st.lists(FIELDS, max_size=9), max_size=5))
def test_rows_of_any_text(rows):
    text = io.StringIO()
    csv.writer(text).writerows([HEADER.split(","), *rows])
    parsed(text.getvalue())


def test_an_index_many_times_as_large_as_any_is_none():
    """Rows by the million would take a minute, and a row of megabytes its size ten times over."""
    head = b"ms_filename,net,sta,seedchan\n"
    _, left_out = parse_index(head + b"x,y\n" * 100_000, SCEDC, DAY)
    assert len(left_out) == 100_000
    with pytest.raises(NoIndexError, match="more than 100,000 rows"):
        parse_index(head + b"x,y\n" * 100_001, SCEDC, DAY)
    with pytest.raises(NoIndexError, match="16,777,217 bytes"):
        parse_index(bytes(16 * 1024**2 + 1), SCEDC, DAY)
