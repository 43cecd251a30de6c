"""How many tokens a text will take, estimated without any model's tokeniser."""

from typing import Final

BYTES_PER_TOKEN: Final = 3.5  # of source code, on the careful side of the common tokenisers


def tokens_of(text: str) -> int:
    """An estimate that is rather too high than too low: bytes over 3.5."""
    return int(len(text.encode("utf-8", "surrogatepass")) / BYTES_PER_TOKEN) + 1
