"""The AWS CLI, imported once for all commands of a page, because the import is slow.

Each command is a fork, with the environment, the folder and the standard streams of its caller.
"""

import contextlib
import gc
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

_CALL = Path(__file__).with_name("aws_cli_call.py")


@contextlib.contextmanager
def serving() -> Iterator[dict[str, str]]:
    """Start the server; yield the environment in which `$AWS_CLI ARGUMENTS` runs the CLI."""
    # Socket paths must be short, and pytest's folders are too long on some systems.
    with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as listener:
        path = f"{folder}/aws"
        listener.bind(path)
        listener.listen()
        command = [sys.executable, __file__, str(listener.fileno())]
        server = subprocess.Popen(command, pass_fds=[listener.fileno()], stdin=subprocess.DEVNULL)
        try:
            yield {"AWS_CLI": f"{sys.executable} -I -S {_CALL}", "AWS_CLI_SOCKET": path}
        finally:
            server.terminate()
            server.wait(timeout=300)


def serve(listener: socket.socket) -> None:
    """Fork for each caller, for ever."""
    import awscli.clidriver  # noqa: F401  loaded before the forks

    gc.freeze()  # each fork's garbage collections would copy its pages
    while True:
        caller, _ = listener.accept()
        if os.fork() == 0:
            status = 255
            try:
                status = run_cli(caller)
            finally:
                for stream in (sys.stdout, sys.stderr):
                    stream.flush()
                caller.sendall(bytes([status]))
            os._exit(0)  # skips Python's slow shutdown
        caller.close()
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def run_cli(caller: socket.socket) -> int:
    """Run the CLI's `main` in the caller's context, and return its exit status."""
    import awscli.clidriver

    message, streams, _, _ = socket.recv_fds(caller, 1 << 20, 3)
    while not message.endswith(b"\n"):
        message += caller.recv(1 << 20)
    arguments, environment, folder = json.loads(message)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
        os.close(stream)
    data_path = os.environ["AWS_DATA_PATH"]  # set by the CLI at import
    os.environ.clear()
    os.environ.update({**environment, "AWS_DATA_PATH": data_path})
    os.chdir(folder)
    sys.argv = ["aws", *arguments]
    try:
        return int(awscli.clidriver.main())
    except SystemExit as ended:  # from argparse
        return int(ended.code or 0)


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
