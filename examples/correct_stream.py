"""Remove the instrument response from a stream that ObsPy read.

`read()` and `read_inventory()` without a name return ObsPy's own examples. Name your own files, or
use those of any ObsPy client: `client.get_waveforms(...)` and `client.get_stations(...)`.
"""

from obspy import read, read_inventory

from shared.response import remove_response


def main() -> None:
    """Correct three channels at once."""
    stream, inventory = read(), read_inventory()
    reports = remove_response(stream, inventory, output="VEL", pre_filt="auto")
    for trace in stream:
        report = reports[trace.id]
        print(f"{trace.id}: peak {abs(trace.data).max():.3e} {report.units}")
        print(f"  band {report.pre_filt} Hz")
        for warning in report.warnings:
            print(f"  {warning}")


if __name__ == "__main__":
    main()
