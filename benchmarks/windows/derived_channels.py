"""Channels of other instruments, as they would have recorded the motion of a real channel."""

from dataclasses import asdict

import numpy as np
from obspy import Inventory, Trace, UTCDateTime

from benchmarks.real_data import Channel
from shared.archive.channel_id import ChannelId
from shared.response.epochs import find_response
from shared.response.pre_filt import resolve
from shared.waveforms.segments import cut


def derive(source: Channel, name: str, inventory: Inventory) -> Channel:
    """Return the days of a channel as another instrument would have recorded them.

    The spectrum of all days is multiplied by the ratio of the responses. Below the source's
    passband, its counts are drift. The other instrument gets this drift in proportion, by the ratio
    at f1. Frequencies beyond either Nyquist frequency are left out.

    Args:
        source: the days.
        name: the instrument's channel, such as "CI.WBM.HNZ.".
        inventory: the metadata of its station.
    """
    channel = ChannelId.parse(name)
    first = source.days[0].stats
    rate = _sampling_rate(inventory, channel, first.starttime)
    joined = np.concatenate([day.data for day in source.days]).astype(np.float64)
    target = Trace(header={**asdict(channel), "sampling_rate": rate, "starttime": first.starttime})
    responses = [
        find_response(trace, metadata, "VEL")
        for trace, metadata in ((source.days[0], source.inventory), (target, inventory))
    ]
    npts = round(joined.size * rate / first.sampling_rate)
    spectrum = np.fft.rfft(joined - joined.mean())
    number = min(spectrum.size, npts // 2 + 1) - 1
    frequencies = np.fft.rfftfreq(joined.size, first.delta)[1 : number + 1]
    # The ratio is smooth, so a few thousand evaluations are enough.
    knots = np.geomspace(frequencies[0], frequencies[-1], 5_000)
    old, new = (
        response.get_evalresp_response_for_frequencies(knots, output="VEL")
        for response in responses
    )
    corners = resolve(
        "auto", responses[0], first.sampling_rate, source.days[0].stats.npts * first.delta
    )
    frequencies = np.maximum(frequencies, corners[0] if corners else 0.0)
    ratio = np.interp(frequencies, knots, np.abs(new / old)) * np.exp(
        1j * np.interp(frequencies, knots, np.unwrap(np.angle(new / old)))
    )
    other = np.zeros(npts // 2 + 1, complex)
    other[1 : number + 1] = spectrum[1 : number + 1] * ratio * npts / joined.size
    target.data = np.fft.irfft(other, npts)
    size = npts // len(source.days)
    days = [cut(target, first, first + size) for first in range(0, npts - size + 1, size)]
    return Channel(name, tuple(days), inventory)


def _sampling_rate(inventory: Inventory, channel: ChannelId, time: UTCDateTime) -> float:
    (network,) = inventory.select(channel=channel.channel, location=channel.location, time=time)
    return float(network[0][0].sample_rate)
