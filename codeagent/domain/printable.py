"""Text of strangers made fit to be shown: no control character reaches a terminal, a log or a model."""


def printable(text: str) -> str:
    """Return text with what could steer a terminal, or hide in it, escaped; line ends and tabs stay.

    Names that are no UTF-8 show their bytes."""
    shown = text.encode("utf-8", "backslashreplace").decode()
    if shown.isprintable():
        return shown
    return "\r\n".join(
        "".join(c if c.isprintable() or c in "\n\t" else c.encode("unicode_escape").decode() for c in row)
        for row in shown.split("\r\n")
    )


def one_line(text: str) -> str:
    """Return a name as `printable` does, and on one line whatever it holds."""
    return printable(text).replace("\r\n", r"\r\n").replace("\n", r"\n").replace("\t", r"\t")
