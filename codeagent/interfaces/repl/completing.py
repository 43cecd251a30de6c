"""Completion at the prompt: slash commands, their verbs and options, paths and symbols."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document

from codeagent.interfaces.cli import COMMANDS, load_command
from codeagent.interfaces.repl.index import Names
from codeagent.interfaces.repl.words import slashes
from codeagent.refactorings import OPERATIONS
from codeagent.tools import TOOLS

_VERBS: Final = {"query": tuple(TOOLS), "refactor": tuple(OPERATIONS)}


class Words(Completer):
    """Offers what fits where the cursor stands."""

    def __init__(self, names: Names) -> None:
        self._names = names

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Yield what may stand there; asked in a thread of its own."""
        before = document.text_before_cursor
        word = before[max(before.rfind(" "), before.rfind("\n")) + 1 :]
        if before.startswith("/") and word == before:
            yield from _commands(word)
        elif word.startswith("@"):
            for name in self._names.matching(word[1:]):
                yield Completion(f"@{name}", -len(word))
        elif before.startswith("/"):
            yield from self._arguments(before[1:].split(" "), word)

    def _arguments(self, words: list[str], word: str) -> Iterator[Completion]:
        name = words[0]
        if word.startswith("-") and name in COMMANDS:
            yield from (Completion(one, -len(word)) for one in _options(name) if one.startswith(word))
        elif len(words) == 2 and name in _VERBS:
            yield from (Completion(one, -len(word)) for one in _VERBS[name] if one.startswith(word))
        elif word:
            yield from (Completion(one, -len(word)) for one in self._names.matching(word))


def _commands(word: str) -> Iterator[Completion]:
    known = slashes()
    wanted = word[1:]
    near = [name for name in known if name.startswith(wanted)]
    near += [name for name in known if wanted in name and name not in near]
    for name in near:
        yield Completion(f"/{name}", -len(word), display_meta=known[name])


def _options(name: str) -> list[str]:
    parser: Any = load_command(name)
    return sorted({one for parameter in parser.params for one in getattr(parameter, "opts", ()) if one[:2] == "--"})
