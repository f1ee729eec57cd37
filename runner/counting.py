"""Numbers of things, as one says them."""


def counted(number: int, noun: str) -> str:
    """A number with its noun: "1 day", "2,000 days"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
