"""The requests that the pages of the services show, for a minute of the archive's own data."""

from dataclasses import dataclass

from shared import settings
from shared.archive.channel_id import ChannelId
from shared.archive.day import DAY_NS
from shared.archive.instant import format_instant, parse_instant
from shared.errors import BadRequestError, SettingsError

_MINUTE_NS = 60 * 10**9


@dataclass(frozen=True)
class Example:
    """A minute of a channel.

    Attributes:
        channel: the channel.
        start_ns: the start of the minute in ns since 1970.
    """

    channel: ChannelId
    start_ns: int

    @classmethod
    def of_archive(cls) -> "Example":
        """Return the example that ``EXAMPLE_WINDOW`` names.

        Raises:
            SettingsError: it is not a channel and a time.
        """
        text = settings.example_window()
        try:
            channel, start = text.split()
            return cls(ChannelId.parse(channel), parse_instant(start, "EXAMPLE_WINDOW"))
        except (BadRequestError, ValueError) as error:
            raise SettingsError(
                f"EXAMPLE_WINDOW is {text[:80]!r}: must be a channel and a time in UTC,"
                f" such as {settings.DEFAULT_EXAMPLE_WINDOW!r}",
                setting="EXAMPLE_WINDOW",
            ) from error

    @property
    def window(self) -> str:
        """The time window below the base URL."""
        each = self.channel
        location = f"&Location={each.location}" if each.location else ""
        return (
            f"/windows?Network={each.network}&Station={each.station}{location}"
            f"&Channel={each.channel}&Starttime={self._start}&Endtime={self._end}"
        )

    @property
    def queries(self) -> dict[str, str]:
        """The query of each service below its path."""
        each, midnight_ns = self.channel, self.start_ns // DAY_NS * DAY_NS
        day, next_day = (format_instant(midnight_ns + n * DAY_NS)[:10] for n in range(2))
        station = f"net={each.network}&sta={each.station}"
        channel = f"{station}&loc={each.location or '--'}&cha={each.channel}"
        return {
            "dataselect": f"query?{channel}&start={self._start}&end={self._end}",
            "station": f"query?{station}&level=channel&format=text",
            "availability": f"query?{channel}&start={day}&end={next_day}",
        }

    @property
    def waveforms(self) -> str:
        """The lines of Python that get the minute from ObsPy's `client`."""
        each = self.channel
        codes = ", ".join(
            f'"{code}"' for code in (each.network, each.station, each.location, each.channel)
        )
        return (
            f't = UTCDateTime("{self._start}")\nprint(client.get_waveforms({codes}, t, t + 60))\n'
        )

    @property
    def _start(self) -> str:
        return format_instant(self.start_ns)

    @property
    def _end(self) -> str:
        return format_instant(self.start_ns + _MINUTE_NS)
