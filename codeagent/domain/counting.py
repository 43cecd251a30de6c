"""Numbers with what they count."""


def counted(number: int, noun: str, many: str = "") -> str:
    """Return `1 file`, `2 files`; `many` where the plural is not the noun with an s."""
    return f"{number:,} {noun if number == 1 else many or f'{noun}s'}"
