"""Write a reply to the file named by the command line."""

from pathlib import Path

from runner.errors import InputError, RunError


def write_output(
    path: Path, content: bytes, error_class: type[InputError | RunError] = RunError
) -> None:
    """Write a file.

    Args:
        path: the file.
        content: the content.
        error_class: error to raise if the file cannot be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise error_class(f"{path} cannot be written: {error}") from error
