"""The requests that the pages of the services show, for a minute of the archive's own data."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from shared import settings
from shared.archive.channel_id import ChannelId
from shared.errors import BadRequestError, SettingsError

_WINDOW = timedelta(minutes=1)


@dataclass(frozen=True)
class Example:
    """A minute of a channel.

    Attributes:
        channel: the channel.
        start: of the minute, in UTC, without a time zone.
    """

    channel: ChannelId
    start: datetime

    @classmethod
    def of_archive(cls) -> "Example":
        """Return the example that ``EXAMPLE_WINDOW`` names.

        Raises:
            SettingsError: it is not a channel and a time.
        """
        text = settings.example_window()
        try:
            channel, start = text.split()
            # Python 3.10 reads no "Z".
            time = datetime.fromisoformat(start.removesuffix("Z"))
            return cls(ChannelId.parse(channel), time.replace(tzinfo=None))
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
        each, day = self.channel, self.start.date()
        station = f"net={each.network}&sta={each.station}"
        channel = f"{station}&loc={each.location or '--'}&cha={each.channel}"
        return {
            "dataselect": f"query?{channel}&start={self._start}&end={self._end}",
            "station": f"query?{station}&level=channel&format=text",
            "availability": f"query?{channel}&start={day}&end={day + timedelta(days=1)}",
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
        return self.start.isoformat()

    @property
    def _end(self) -> str:
        return (self.start + _WINDOW).isoformat()
