"""The lines of a file that tests ran and did not run, the tools that tell them, and the lcov format."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Lines:
    """Lines (1-based) of one file that were run, and those that could be and were not."""

    run: frozenset[int]
    missed: frozenset[int]

    def joined(self, other: "Lines") -> "Lines":
        """Return what two runs covered together."""
        run = self.run | other.run
        return Lines(run, (self.missed | other.missed) - run)


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that tells coverage, and the words that starting it takes besides its usual ones."""

    name: str
    words: tuple[str, ...] = ()


def read_lcov(text: str, named: Callable[[str], str]) -> dict[str, Lines]:
    """Return the lines by path; `named` turns the names of files in the report into paths. ValueError: no lcov."""
    found: dict[str, Lines] = {}
    path, counts = "", dict[int, int]()
    for row in text.splitlines():
        key, _, value = row.partition(":")
        if key == "SF":
            path, counts = named(value), {}
        elif key == "DA":
            line, count = value.split(",")[:2]
            counts[int(line)] = counts.get(int(line), 0) + int(float(count))
        elif key == "end_of_record":
            lines = Lines(
                frozenset(line for line, count in counts.items() if count > 0),
                frozenset(line for line, count in counts.items() if count <= 0),
            )
            found[path] = found[path].joined(lines) if path in found else lines
    return found
