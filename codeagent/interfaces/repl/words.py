"""What a line means: the slash commands, derived from the commands and verbs there are, and questions."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Final

from codeagent.domain.errors import UsageError
from codeagent.domain.tool import Effect
from codeagent.interfaces.cli import COMMANDS, load_command
from codeagent.tools import TOOLS

OWN: Final[Mapping[str, str]] = {
    "model": "Say which model answers, or name another one for this session.",
    "budget": "Say what a question may cost, in dollars, or set it for this session.",
    "diff": "Show what differs from the last commit, or from REF.",
    "help": "List the commands, or explain one.",
    "quit": "Leave.",
}
_HIDDEN: Final = frozenset(("completion", "mcp"))  # of no use inside
_TELLING: Final = ("list", "show")
_LEAVING: Final = ("exit", "quit", "/exit")
_PROSE: Final = ("question", "goal", "text", "pattern")  # arguments that are told in one's own words
_MENTION: Final = re.compile(r"(?<!\S)@([^\s,;]+?)(?=[.?!,;:]*(?:\s|\Z))")


@dataclass(frozen=True, slots=True)
class Line:
    """What is to be done: a command of our own, or a command line."""

    own: str
    arguments: tuple[str, ...]


def slashes() -> dict[str, str]:
    """Return every slash command and its one line, in the order of the help: commands, verbs, our own."""
    found = {name: entry.summary for name, entry in COMMANDS.items() if name not in _HIDDEN}
    verbs = {verb: entry.summary for verb, entry in TOOLS.items() if entry.effect is Effect.READ}
    return found | {verb: about for verb, about in verbs.items() if verb not in found} | dict(OWN)


def meaning(text: str, *, bare: bool = False) -> Line:
    """Return what a line asks for; plain text is a question. `bare`: commands need no slash.

    Raises UsageError for a command that there is not, and for quotes that do not close."""
    text = text.strip()
    first = text.partition(" ")[0]
    if text in _LEAVING:
        return Line("quit", ())
    if not text.startswith("/") and not (bare and first in COMMANDS):
        return Line("", ("ask", "--", mentioned(text)))
    name, said = [*text.removeprefix("/").split(maxsplit=1), "", ""][:2]
    known = slashes()
    rest = _in_prose(name, said) if name not in OWN and name in known else None
    rest = _split(said) if rest is None else rest
    if name in OWN:
        return Line(name, tuple(rest))
    if name in COMMANDS:
        return Line("", (name, *(rest or _alone(name))))
    if name in known:
        return Line("", ("query", name, *rest))
    near = get_close_matches(name, known, n=3)
    raise UsageError(f"no command /{name}", f"did you mean /{' or /'.join(near)}?" if near else "/help lists them")


def _split(text: str, *, prose: bool = False) -> list[str]:
    """The words of a line as a shell reads them; in prose an apostrophe and a backslash are themselves."""
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split, lexer.commenters = True, ""
    if prose:
        lexer.quotes, lexer.escape = '"', ""
    try:
        return list(lexer)
    except ValueError as error:
        raise UsageError(f"the line cannot be read: {error}", "close the quotes") from error


def _in_prose(name: str, said: str) -> list[str] | None:
    """The words of a command that takes nothing but one text, with that text as one, which needs no quotes; None for
    another command."""
    command = load_command(name) if name in COMMANDS else load_command("query").verb(name)
    params = getattr(command, "params", ())
    if [one.name in _PROSE for one in params if one.param_type_name == "argument"] != [True]:
        return None
    valued = {option for one in params if not getattr(one, "is_flag", True) for option in one.opts}
    options: list[str] = []
    prose: list[str] = []
    words = iter(_split(said, prose=True))
    for word in words:
        if word == "--":
            prose += words
        elif word.startswith("-") and len(word) > 1:
            options += [word, *islice(words, 1 if word in valued else 0)]
        else:
            prose.append(word)
    text = _unquoted(" ".join(prose) if options or "--" in said.split() else said.strip())
    return [*options, *(["--", mentioned(text)] if text else [])]


def _unquoted(text: str) -> str:
    quoted = len(text) > 1 and text[0] == text[-1] and text[0] in "\"'" and text.count(text[0]) == 2
    return text[1:-1] if quoted else text


def _alone(name: str) -> tuple[str, ...]:
    """What a group of commands does where none of them is named: it lists or shows what there is, if it can."""
    commands = getattr(load_command(name), "commands", {})
    return next(((one,) for one in _TELLING if one in commands), ())


def mentioned(text: str) -> str:
    """Return a question with `@path` and `@symbol` as code, which is what they are."""
    return _MENTION.sub(lambda found: f"`{found[1]}`", text)


def takes(arguments: tuple[str, ...], option: str) -> bool:
    """Tell whether a command, by its first word, has an option."""
    return bool(arguments) and any(
        option in getattr(one, "opts", ()) for one in getattr(load_command(arguments[0]), "params", ())
    )
