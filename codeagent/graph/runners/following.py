"""Test scripts that call other scripts: npm scripts, targets of make and shell files, followed where they are plain."""

import json
import re
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from posixpath import basename, join, normpath
from typing import Final

from codeagent.graph.runners.calls import ASSIGNED, commands

MAKEFILES: Final = ("GNUmakefile", "makefile", "Makefile")
_DEEPEST: Final = 12  # calls within calls
_MANAGERS: Final = ("npm", "yarn", "pnpm", "bun")
_SEVERAL: Final = ("npm-run-all", "run-s", "run-p", "npm-run-all2")
_SHORT: Final = {"t": "test", "tst": "test"}
_ELSEWHERE: Final = ("-w", "--workspace", "--workspaces", "-ws", "--prefix", "-C", "--cwd", "--filter", "-r", "-F",
                     "--recursive", "workspace", "workspaces", "-f", "--directory")  # fmt: skip
_STEERED: Final = frozenset(("if", "for", "while", "until", "case", "function", "{", "[", "[[", "cd", "trap", "eval"))
_SHELLS: Final = ("sh", "bash", "dash", "zsh")
_CASES: Final = re.compile(r"^([A-Za-z_]\w*)\s*[:?]?=\s*(.*?)\s*$", re.MULTILINE)  # variables of make

Text = Callable[[str], str]  # a path relative to the folder -> its text, "" where there is none


@dataclass(frozen=True, slots=True)
class _Place:
    text: Text
    depth: int = 0

    def deeper(self) -> "_Place":
        return _Place(self.text, self.depth + 1)


def script_of(text: Text, name: str) -> str:
    """Return what a script of the package of a folder says; "" where it has none of that name."""
    return _scripts(text).get(name, "")


def target_of(text: Text, name: str) -> str:
    """Return what a target of the Makefile of a folder is made by: its rule as it stands; "" where there is none."""
    for file in MAKEFILES:
        found = re.search(rf"^{re.escape(name)}\s*:(?![=:]).*(?:\n\t.*)*", text(file), re.MULTILINE)
        if found:
            return found[0]
    return ""


def followed(text: Text, script: str) -> str:
    """Return the commands that a script comes down to, a line each; what is not plain stands as it is."""
    return "\n".join(_followed(_Place(text), script))


def of_target(text: Text, name: str) -> str:
    """Return the commands that a target of make comes down to."""
    return "\n".join(_made(_Place(text), name))


def _followed(place: _Place, script: str) -> Iterator[str]:
    for words in commands(script):
        at = next((number for number, word in enumerate(words) if not _is_before(word)), len(words))
        told = [word for word in words[:at] if ASSIGNED.fullmatch(word)]
        inner = _inner(place, words[at:]) if place.depth < _DEEPEST else None
        for line in [shlex.join(words[at:])] if inner is None else inner:
            yield " ".join(filter(None, [*(shlex.quote(one) for one in told), line]))


def _is_before(word: str) -> bool:
    return bool(ASSIGNED.fullmatch(word)) or word in ("cross-env", "env", "exec", "time", "command")


def _inner(place: _Place, words: list[str]) -> list[str] | None:
    """What a command comes down to where it calls a script; None for any other command."""
    if not words or any(word.partition("=")[0] in _ELSEWHERE for word in words[1:]):
        return None
    name = basename(words[0])
    if name in _MANAGERS:
        return _of_manager(place, name, words[1:])
    if name in _SEVERAL:
        found = [one for word in words[1:] if not word.startswith("-") for one in _called(_scripts(place.text), word)]
        return [line for one in found for line in _followed(place.deeper(), _scripts(place.text)[one])] or None
    if name in ("make", "gmake"):
        targets = [word for word in words[1:] if not word.startswith("-") and "=" not in word]
        known = all(target_of(place.text, one) for one in targets) and targets
        return [line for one in targets for line in _made(place.deeper(), one)] if known else None
    if name in _SHELLS and len(words) > 1:
        return _of_shell(place, words[1], words[2:])
    return _of_shell(place, words[0], words[1:]) if "/" in words[0] else None


def _scripts(text: Text) -> dict[str, str]:
    try:
        manifest = json.loads(text("package.json") or "{}")
    except (ValueError, RecursionError):
        return {}
    scripts = manifest.get("scripts") if isinstance(manifest, dict) else None
    table = scripts if isinstance(scripts, dict) else {}
    return {name: script for name, script in table.items() if isinstance(script, str)}


def _called(scripts: dict[str, str], pattern: str) -> list[str]:
    """The scripts that a word of npm-run-all names; a star stands for one part between colons."""
    depth = None if "**" in pattern else pattern.count(":")
    return [one for one in scripts if fnmatchcase(one, pattern) and (depth is None or one.count(":") == depth)]


def _of_manager(place: _Place, manager: str, words: list[str]) -> list[str] | None:
    own, more = (words[: words.index("--")], words[words.index("--") + 1 :]) if "--" in words else (words, [])
    plain = [word for word in own if not word.startswith("-")]
    named = plain[1:] if plain[:1] in (["run"], ["run-script"]) else plain
    if not named or (manager == "npm" and named is plain and _SHORT.get(plain[0], plain[0]) not in ("test", "start")):
        return None
    script = script_of(place.text, _SHORT.get(named[0], named[0]))
    if not script:
        return None
    extra = [*(own[own.index(named[0]) + 1 :] if manager != "npm" else []), *more]
    return list(_followed(place.deeper(), " ".join([script, *map(shlex.quote, extra)])))


def _made(place: _Place, name: str) -> Iterator[str]:
    """What comes before a target, then its own lines, with the plain variables of the Makefile put in."""
    rule = target_of(place.text, name)
    head, _, recipe = rule.partition("\n")
    variables = {found[1]: found[2] for file in MAKEFILES for found in _CASES.finditer(place.text(file))}
    for one in head.partition(":")[2].partition("##")[0].partition(";")[0].split():
        if place.depth < _DEEPEST and target_of(place.text, one):
            yield from _made(place.deeper(), one)
    lines = re.sub(r"\\\n", " ", re.sub(r"\$[({]MAKE[)}]", "make", recipe)).splitlines()
    for line in lines:
        text = line.strip().lstrip("@+-").strip()
        for _ in range(_DEEPEST):
            text = re.sub(r"\$[({](\w+)[)}]", lambda found: variables.get(found[1], found[0]), text)
        if text and not text.startswith("#"):
            yield from _followed(place, text)


def _of_shell(place: _Place, path: str, words: list[str]) -> list[str] | None:
    """The commands of a shell file, in the environment that it exports; None where they hang on anything."""
    text = place.text(normpath(path))
    first = text.partition("\n")[0]
    if not text or not (path.endswith((".sh", ".bash")) or re.match(r"#!.*\b(?:ba|da|z)?sh\b", first)):
        return None
    root = "" if "/" not in normpath(path) else r"|cd\s+(?:--\s+)?[\"']?\$\(dirname\s+[^)]*\)[\"']?/\.\.[\"']?"
    text = re.sub(rf"^\s*(?:#.*|set\s+[-+].*{root})$", "", re.sub(r"\\\n", " ", text), flags=re.MULTILINE)
    text = text.replace('"$@"', " ".join(map(shlex.quote, words)))
    exported: list[str] = []
    found: list[str] = []
    for line in text.splitlines():
        parts = line.split()
        if parts and parts[0] in _STEERED:
            return None
        if parts[:1] == ["export"] or (parts and all(ASSIGNED.fullmatch(one) for one in parts)):
            exported += [one for one in parts if ASSIGNED.fullmatch(one)]
        elif parts:
            found += _followed(place.deeper(), " ".join([*exported, line.strip()]))
    return found


def within(text: Text, folder: str) -> Text:
    """Return how texts are read relative to a folder."""
    return lambda path: text(join(folder, path))
