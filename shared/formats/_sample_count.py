"""The check that a written file has every sample it was meant to have."""

from shared.formats import LostSamplesError


def check_sample_count(written: int, meant: int, file: str) -> None:
    """Compare the samples in a file with the samples it was written from.

    Args:
        written: number of samples that the file's headers count.
        meant: number of samples of the traces.
        file: the kind of file, for the message.

    Raises:
        LostSamplesError: the numbers differ.
    """
    if written != meant:
        raise LostSamplesError(
            f"the {file} has {written:,} samples, and was written from {meant:,}: it is not"
            " delivered"
        )
