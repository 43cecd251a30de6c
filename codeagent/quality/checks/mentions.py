"""Where names occur as words, anywhere in any file: what the graph cannot see may still be meant by name."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from codeagent.domain.errors import CodeAgentError
from codeagent.graph.graph import CodeGraph
from codeagent.graph.tables import is_parsed
from codeagent.quality.checks.subject import Subject

# every byte that is no letter, digit, underscore or beyond ASCII becomes a space
WORDS: Final = bytes(
    b if b >= 0x80 or b == 0x5F or 0x30 <= b <= 0x39 or 0x41 <= b <= 0x5A or 0x61 <= b <= 0x7A else 0x20
    for b in range(256)
)
_SKIPPED: Final = frozenset(("gettext", "svg", "csv", "json lines"))
_ASIDE: Final = ("unknown-language", "generated", "vendored", "minified")  # reasons to leave out what can still name
_LARGEST: Final = 2_000_000  # bytes; larger files are data


def mentions(subject: Subject, names: Collection[str]) -> Mapping[str, Mapping[str, int]]:
    """Return for each name the files in which it occurs as a word, and how often."""
    wanted = {name.encode("utf-8", "surrogateescape"): name for name in names}
    found: dict[str, dict[str, int]] = {name: {} for name in names}
    odd = [name for name in names if "$" in name]
    for path, source in _readable(subject):
        for word, count in Counter(filter(wanted.__contains__, source.translate(WORDS).split())).items():
            found[wanted[word]][path] = count
        for name in odd:
            if count := count_in(source, name):
                found[name][path] = count
    return found


# beginnings and ends of names that are put together at run time: "get_%s", f"get_{x}", "get_" + x, "%s_set"
_BEGINNINGS: Final = re.compile(rb"[\"'`]([A-Za-z_]\w+)(?:%[sdr(]|\$?\{|_?[\"'`]\s*[+.])")
_ENDS: Final = re.compile(rb"(?:%s|\)s|\}|\+\s*[\"'`])(_\w{2,})[\"'`]")
_TELLING: Final = 4  # letters that such a part must have


@dataclass(frozen=True, slots=True)
class Composed:
    """What names that code puts together from strings may begin and end with."""

    beginnings: tuple[str, ...]
    ends: tuple[str, ...]

    def may_mean(self, name: str) -> bool:
        """Tell whether a name could be put together at run time."""
        return name.startswith(self.beginnings) or name.endswith(self.ends)


def composed(subject: Subject) -> Composed:
    """Return the parts of names that the tree's code puts together."""
    return subject.tables.graph.once(_composed)


def _composed(graph: CodeGraph) -> Composed:
    beginnings: set[bytes] = set()
    ends: set[bytes] = set()
    for path in filter(lambda one: is_parsed(graph.files[one].language), graph.files):
        source = graph.read(path)
        beginnings.update(_BEGINNINGS.findall(source))
        ends.update(_ENDS.findall(source))
    return Composed(*(tuple(sorted(p.decode() for p in parts if len(p) >= _TELLING)) for parts in (beginnings, ends)))


def count_in(text: bytes, name: str) -> int:
    """Return how often a name occurs as a word in a piece of text."""
    if "$" in name:
        return len(
            re.findall(rb"(?<![\w$])" + re.escape(name.encode("utf-8", "surrogateescape")) + rb"(?![\w$])", text)
        )
    return text.translate(WORDS).split().count(name.encode("utf-8", "surrogateescape"))


def quoted_in(text: bytes, name: str) -> int:
    """Return how often a name occurs behind a quotation mark on its line."""
    word = re.escape(name.encode("utf-8", "surrogateescape"))
    return len(re.findall(rb"[\"'`][^\"'`\n]*?(?<!\w)" + word + rb"(?!\w)", text))


def _readable(subject: Subject) -> Iterable[tuple[str, bytes]]:
    """Yield the files that may mention a name; templates of no known language and generated code included."""
    graph = subject.tables.graph
    for path, record in graph.files.items():
        if record.language not in _SKIPPED and record.size <= _LARGEST:
            yield path, graph.read(path)
    for path in (path for reason in _ASIDE for path in graph.skipped.get(reason, ())):
        try:
            source = graph.tree.read(path)
        except (OSError, CodeAgentError):
            continue
        if len(source) <= _LARGEST:
            yield path, source
