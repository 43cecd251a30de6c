"""jest, vitest, mocha and node's runner: patterns in package.json, in their own files, and in the test script."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from posixpath import basename, dirname, normpath
from typing import Any, Final

from codeagent.graph.globs import whole
from codeagent.graph.runners.calls import PATTERN, Call, calls_of, places
from codeagent.graph.runners.following import followed, script_of, within
from codeagent.graph.runners.literals import Code
from codeagent.graph.runners.settings import Says, Settings, beside
from codeagent.languages.resolution import yaml_text
from codeagent.languages.syntax import Node

_RUNNERS: Final = ("node", "mocha", "vitest", "jest")
_FILES: Final = {"jest": ("jest.config.",), "mocha": (".mocharc",), "vitest": ("vitest.", "vite.config.")}
_KEYS: Final = {"jest": ("testMatch", "testRegex"), "mocha": ("spec",), "vitest": ("include",)}
_BASES: Final = {"jest": "rootDir", "vitest": "root"}
_JESTS: Final = "**/?(*.)+(spec|test).?([mc])[jt]s?(x)"  # what jest takes for tests, besides a folder, unless told
_NODES: Final = ("**/*.test.?(c|m)[jt]s", "**/*[-_]test.?(c|m)[jt]s", "**/test-*.?(c|m)[jt]s", "**/test.?(c|m)[jt]s")
_OURS: Final = r"(?=.*\.(?:[cm]?[jt]sx?|vue|svelte)\Z)"
_SUFFIX: Final = re.compile(r"\.\w+\Z")
_WILD: Final = re.compile(
    r"(?:\./)?(?:(?:src|lib|app|source|packages|\*\*?)/)*\*+(?:\.[^*/.]*)?"
)  # names no test apart


def says(settings: Settings) -> Iterator[Says]:
    """Yield what the manifests, the scripts and the files of settings say."""
    used = [path for path in settings.called("package.json") if "vitest" in settings.text(path)]
    for where in settings.called("package.json"):
        yield from _of_manifest(settings, where)
    for runner, names in _FILES.items():
        if runner != "vitest" or used:
            for where in settings.called(*names):
                yield from _of_file(settings, runner, where)


def _of_manifest(settings: Settings, where: str) -> Iterator[Says]:
    try:
        manifest = json.loads(settings.text(where) or "{}")
    except ValueError:
        return
    if not isinstance(manifest, dict):
        return
    for runner in ("jest", "mocha"):
        if isinstance(told := manifest.get(runner), dict):
            yield _of_table(where, runner, told)
    text = within(settings.text, dirname(where))
    script = followed(text, script_of(text, "test"))
    for runner in _RUNNERS:
        if re.search(rf"(?:^|[\s&;/]){runner}\b", script) and (runner != "node" or "--test" in script):
            for call in list(calls_of(script, runner)) or [None]:
                yield from (
                    [Says(where, dirname(where), unread=True)]
                    if call is None
                    else _of_call(settings, where, runner, call)
                )


def _of_call(settings: Settings, where: str, runner: str, call: Call) -> Iterator[Says]:
    """What the words say with which a script calls a runner."""
    options = dict(zip(call.words, call.words[1:], strict=False))
    options |= {word.partition("=")[0]: word.partition("=")[2] for word in call.words if "=" in word}
    for name in ("--config", "-c"):
        if name in options:
            yield from _of_file(settings, runner, beside(where, options[name]))
    asked = [options[f"--{key}"] for key in _KEYS.get(runner, ()) if f"--{key}" in options]
    if runner in ("node", "mocha"):
        asked += places(call.words, lambda word: _is_there(settings, beside(where, word)))
        globs = [word if PATTERN.search(word) or _SUFFIX.search(word) else f"{word}/**" for word in asked]
        yield _told(where, dirname(where), globs or (_NODES if runner == "node" else ()))
    elif runner == "jest" and not asked:
        yield _told(where, dirname(where), [_JESTS])
    elif asked:
        yield _of_table(where, runner, {key: options.get(f"--{key}", []) for key in _KEYS[runner]})


def _is_there(settings: Settings, path: str) -> bool:
    return settings.has(path) or settings.has_folder(path)


def _of_file(settings: Settings, runner: str, where: str) -> Iterator[Says]:
    text, name = settings.text(where), basename(where)
    if not name.endswith((".js", ".ts", ".mjs", ".cjs", ".mts", ".cts")):
        told = yaml_text.told(text)
        yield _of_table(where, runner, told) if isinstance(told, dict) else Says(where, dirname(where), unread=True)
        return
    code = Code(where, text, tuple(one.removesuffix(".") for one in _FILES[runner]))
    for one in code.exported():
        yield from _of_object(code, runner, one, dirname(where))
    yield Says(where, dirname(where), unread=code.unread)


def _of_object(code: Code, runner: str, node: Node, folder: str) -> Iterator[Says]:
    """What an object of settings says, and those of the projects in it."""
    inner = node
    if runner == "vitest":
        test = code.value(node, "test")
        found = list(code.objects(test)) if test else []
        if not found:
            return
        inner = found[0]
    key, value = next(((key, value) for key in _KEYS[runner] if (value := code.value(inner, key))), ("", None))
    told = {key: code.strings(value)} if value else {}
    base = code.value(node, _BASES.get(runner, ""))
    root = code.strings(base) if base and told else [""]
    yield _of_table(code.path, runner, {**told, "rootDir": root[0] if root else ""})
    for key in ("projects", "workspace"):
        if projects := code.value(inner, key):
            for one in code.objects(projects):
                yield from _of_object(code, runner, one, folder)


def _of_table(where: str, runner: str, told: Mapping[str, Any]) -> Says:
    """What a table of settings says."""
    root = str(told.get("rootDir") or told.get("root") or "").replace("<rootDir>", ".")
    folder = normpath(beside(where, root)) if root else dirname(where)
    globs = [one for key in _KEYS[runner] if key != "testRegex" for one in _texts(told.get(key))]
    globs = [one for one in globs if not one.startswith("!")]
    said = _told(where, "" if folder == "." else folder, globs)
    regexes = [one.replace("<rootDir>", "^") for one in _texts(told.get("testRegex"))]
    return Says(where, said.folder, (*said.patterns, *(f"(?:{one})" for one in regexes)), said.unread)


def _texts(value: object) -> list[str]:
    return [str(one) for one in value] if isinstance(value, list) else [value] if isinstance(value, str) else []


def _told(where: str, folder: str, globs: Iterable[str]) -> Says:
    plain = [one.removeprefix("<rootDir>/").removeprefix("./") for one in globs]
    wild = [one for one in plain if _WILD.fullmatch(one)]
    return Says(where, folder, tuple(rf"\A{_OURS}/{whole(one)}" for one in plain if one not in wild), bool(wild))
