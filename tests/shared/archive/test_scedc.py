"""SCEDC's keys, with real names, in both directions."""

import string

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from shared.archive.channel_id import ChannelId
from shared.archive.day import Day
from shared.archive.scedc import SCEDC
from shared.errors import BadRequestError

SEED = string.ascii_uppercase + string.digits
channels = st.builds(
    ChannelId,
    network=st.text(SEED, min_size=1, max_size=2),
    station=st.text(SEED, min_size=1, max_size=5),
    channel=st.text(SEED, min_size=3, max_size=3),
    location=st.text(SEED, max_size=2),
)
days = st.builds(
    lambda date: Day.parse(date.isoformat()),
    st.dates(*(Day.parse(text).starttime.date for text in ("1900,001", "2199,365"))),
)

NAMES = [
    ("CIGSC__BHZ___2017180.ms", "CI.GSC.BHZ.", "2017,180", "2017/2017_180"),
    ("CISOC__HHZ___2019183.ms", "CI.SOC.HHZ.", "2019,183", "2019/2019_183"),
    ("CIPASC_HHZ00_2016123.ms", "CI.PASC.HHZ.00", "2016,123", "2016/2016_123"),
    ("CE13884HNZ10_2022002.ms", "CE.13884.HNZ.10", "2022,002", "2022/2022_002"),
    ("CIWBM__HNZ2C_2022002.ms", "CI.WBM.HNZ.2C", "2022,002", "2022/2022_002"),
    ("CIBOM__BHZ___2024001.ms", "CI.BOM.BHZ.", "2024,001", "2024/2024_001"),
    ("NN1_____HZ___2023365.ms".replace("___HZ", "__HHZ"), "NN.1.HHZ.", "2023,365", "2023/2023_365"),
    ("CISOC__HHZ___2020366.ms", "CI.SOC.HHZ.", "2020,366", "2020/2020_366"),
    ("CISOC__HHZ___2020365.ms", "CI.SOC.HHZ.", "2020,365", "2020/2020_365"),
    ("CISOC__HHZ___2021001.ms", "CI.SOC.HHZ.", "2021,001", "2021/2021_001"),
    ("CISOC__HHZ0__2021001.ms", "CI.SOC.HHZ.0", "2021,001", "2021/2021_001"),
    ("Z_A____BH1___1999099.ms", "Z.A.BH1.", "1999,099", "1999/1999_099"),
]
FOLDER = "continuous_waveforms/2019/2019_183/"
each_name = pytest.mark.parametrize(("name", "nscl", "day", "folder"), NAMES)


@each_name
def test_name_of_a_day(name, nscl, day, folder):
    channel, of_day = ChannelId.parse(nscl), Day.parse(day)
    assert SCEDC.result_path(channel, of_day) == f"{folder}/{name}"
    assert SCEDC.waveform_key(channel, of_day) == f"continuous_waveforms/{folder}/{name}"


@each_name
def test_day_of_a_name(name, nscl, day, folder):
    key = f"continuous_waveforms/{folder}/{name}"
    assert SCEDC.parse_waveform_key(key) == (ChannelId.parse(nscl), Day.parse(day))


def test_year_changes_the_folder():
    last = Day.parse("2020-12-31")
    channel = ChannelId.parse("CI.SOC.HHZ.")
    assert SCEDC.waveform_key(channel, last).split("/")[1:3] == ["2020", "2020_366"]
    assert SCEDC.waveform_key(channel, last.next).split("/")[1:3] == ["2021", "2021_001"]


@given(channel=channels, day=days)
@example(channel=ChannelId("CI", "SOC", "HHZ"), day=Day(2020, 366))
def test_round_trip(channel, day):
    key = SCEDC.waveform_key(channel, day)
    assert SCEDC.parse_waveform_key(key) == (channel, day)
    assert key.split("/")[0] == "continuous_waveforms"
    assert len(key.split("/")[-1]) == len("NNSSSSSCCCLL_YYYYDDD.ms")
    assert len(key.split("/")) == 4


@given(one=channels, other=channels, day=days)
def test_no_two_channels_have_one_key(one, other, day):
    assume(one != other)
    assert SCEDC.waveform_key(one, day) != SCEDC.waveform_key(other, day)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "CISOC__HHZ___2019183",
        "CISOC__HHZ___2019183.mseed",
        "CISOC__HHZ___2019183.ms.gz",
        "CISOC__HHZ___2019183xms",
        "CISOC__HHZ___2019183.ms\n",
        "\nCISOC__HHZ___2019183.ms",
        "continuous_waveforms/2019/2019_183/CISOC__HHZ___2019183.ms",
        "CISOC_HHZ___2019183.ms",
        "CISOC___HHZ___2019183.ms",
        "CISOC__HHZ__2019183.ms",
        "CISOC__HHZ--_2019183.ms",
        "CISOC__HHZ  _2019183.ms",
        "CISOC__HHZ____2019183.ms",
        "CISOC__HH____2019183.ms",
        "CISOC___HZ___2019183.ms",
        "CISO_C_HHZ___2019183.ms",
        "CI_SOC_HHZ___2019183.ms",
        "CI_____HHZ___2019183.ms",
        "__SOC__HHZ___2019183.ms",
        "_CSOC__HHZ___2019183.ms",
        "CISOC__HHZ_0_2019183.ms",
        "cisoc__hhz___2019183.ms",
        "CISOC__HHZ___2019000.ms",
        "CISOC__HHZ___2019366.ms",
        "CISOC__HHZ___2020367.ms",
        "CISOC__HHZ___0000001.ms",
        "CISOC__HHZ___201918٣.ms",
        "CISÖC__HHZ___2019183.ms",
        "CI../__HHZ___2019183.ms",
        "____________________.ms",
        "CISOC__HHZ_______183.ms",
    ],
)
def test_malformed_name_is_refused(name):
    with pytest.raises(BadRequestError):
        SCEDC.parse_waveform_key(FOLDER + name)


@pytest.mark.parametrize(
    "folder",
    [
        "",
        "/",
        f"/{FOLDER}",
        "continuous_waveforms/",
        "continuous_waveforms/2019/",
        "continuous_waveforms/2019/2019_184/",
        "continuous_waveforms/2018/2019_183/",
        "noresp/2019/2019_183/",
        f"{FOLDER}/",
    ],
)
def test_a_name_in_a_wrong_folder_is_refused(folder):
    with pytest.raises(BadRequestError, match=f"must be '{FOLDER}CISOC__HHZ___2019183.ms'"):
        SCEDC.parse_waveform_key(f"{folder}CISOC__HHZ___2019183.ms")


def test_message_quotes_the_name_and_shows_a_right_one():
    with pytest.raises(BadRequestError) as caught:
        SCEDC.parse_waveform_key(f"{FOLDER}index.csv")
    assert "'index.csv'" in caught.value.message
    assert "CISOC__HHZ___2019183.ms" in caught.value.message


@given(
    name=st.one_of(
        st.text(max_size=24),
        st.builds(
            "{}_{}.ms".format,
            st.text("AZ09_ab-/.", min_size=12, max_size=12),
            st.text("0123456789", min_size=7, max_size=7),
        ),
    )
)
def test_a_name_is_one_that_we_would_write_or_is_refused(name):
    year, day_of_year = name[13:17], name[17:20]
    key = f"continuous_waveforms/{year}/{year}_{day_of_year}/{name}"
    try:
        channel, day = SCEDC.parse_waveform_key(key)
    except BadRequestError:
        return
    assert SCEDC.waveform_key(channel, day) == key


def test_stationxml_of_caltechs_own_network_lies_in_one_place():
    assert SCEDC.stationxml_keys("CI", "SOC") == ("FDSNstationXML/CI/CI_SOC.xml",)


@pytest.mark.parametrize(("network", "station"), [("CE", "13884"), ("NN", "PNT"), ("Z", "A")])
def test_stationxml_of_others_authoritative_first(network, station):
    assert SCEDC.stationxml_keys(network, station) == (
        f"FDSNstationXML/{network}/{network}_{station}.xml",
        f"FDSNstationXML/unauthoritative-XML/{network}_{station}.xml",
        f"FDSNstationXML/unauthoritative-XML/{network}.{station}.xml",
    )
