"""S3 and one function behind the emulator, until Ctrl-C: for the README's curl lines."""

import argparse
import signal
import sys

from local.console import fail, say
from local.demo_archive import DEMO_ARCHIVE, write_archive
from local.emulator import Emulator, EmulatorError
from local.s3_server import OUTPUT_BUCKET, S3Server


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="make serve", description=__doc__)
    parser.add_argument("function", choices=("response", "timewindow"))
    parser.add_argument("--port", type=int, default=9000, help="of the emulator")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        say("Making the archive of the demo, if it is not there yet")
        archive = write_archive(DEMO_ARCHIVE, say)
        with S3Server() as s3:
            s3.put_folder(archive)
            environment, log = s3.function_environment, sys.stderr.buffer
            with Emulator(options.function, environment, options.port, log) as emulator:
                say(f"S3 with the archive and s3://{OUTPUT_BUCKET}: {s3.endpoint_url}")
                say(f"The {options.function} function: {emulator.url}")
                say("Calls queue, as the emulator takes one at a time. Ctrl-C ends all of it.")
                signal.pause()
    except EmulatorError as error:
        fail(f"{error}; PORT=9001, say, names another")
    except KeyboardInterrupt:
        say("\nEnded.")


if __name__ == "__main__":
    main()
