"""The edit ladder on the public edit-application cases of two other tools: what is applied, refused, written wrongly.

    python benchmarks/edit_ladder.py --aider FOLDER --roo FOLDER [--verbose]

FOLDER is a checkout of Aider-AI/aider or RooCodeInc/Roo-Code; their test files are read when this runs. Of aider, the
test functions that apply edits or read them from a reply run here with this engine in place of theirs, in memory, so
that their own assertions judge; so do the blocks of the recorded chats beside them. Of Roo-Code, the texts before and
after, the diff and what is expected are read from the syntax tree of each test. What a case expects beyond doubt is
told apart from what is itself a guess of its tool: a place chosen among several that fit equally, indentation that
differs line by line, a file found by a name that is not its path, a final line end added, text put where no place is
named. A wrong write is a result that is neither the expected text nor a refusal."""

import argparse
import ast
import builtins
import json
import re
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from codeagent.edits.applying import write_edits
from codeagent.edits.blocks import parse_blocks
from codeagent.edits.envelopes import chunk
from codeagent.edits.hunks import parse_diff
from codeagent.edits.request import EditRequest, Malformed, NewFile, TextEdit
from codeagent.edits.whole import parse_whole
from codeagent.graph.update import open_graph
from codeagent.languages import syntax
from codeagent.languages.syntax import Node

BUILTINS = ("list", "len", "str", "map", "range", "dict", "tuple", "print", "ValueError")
OUTCOMES = ("as expected", "refused", "wrong")


@dataclass(frozen=True)
class Result:
    """One case: what came out, and why its expectation is a guess ("" where it is not)."""

    suite: str
    name: str
    outcome: str
    guess: str = ""
    detail: str = ""


class Refusal(Exception):
    """This engine refused; not an error of the case."""


# --- this engine -----------------------------------------------------------------------------------------------------


def applied(files: Mapping[str, str], edits: Sequence[EditRequest]) -> dict[str, str]:
    """What becomes of files. Raises Refusal."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for path, text in files.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_bytes(text.encode())
        written = write_edits(open_graph(root, in_memory=True), edits)
        if written.failed:
            raise Refusal("; ".join(one.reason for one in written.failed))
        known = {path: text.encode() for path, text in files.items()}
        result = {**known, **written.patch.apply(known)}
    return {path: data.decode() for path, data in result.items() if data is not None}


def guess_of(before: str, edits: Sequence[EditRequest]) -> str:
    """Why the place of an edit is a guess, by counting alone; "" where it is none."""
    for edit in edits:
        if not isinstance(edit, TextEdit) or edit.near_line:
            continue
        lines, wanted = before.replace("\r\n", "\n").split("\n"), edit.search.rstrip("\n").split("\n")
        for bare in (lambda line: line.rstrip(), lambda line: line.strip()):
            windows = [lines[at : at + len(wanted)] for at in range(len(lines) - len(wanted) + 1)]
            found = [window for window in windows if list(map(bare, window)) == list(map(bare, wanted))]
            if len(found) > 1:
                return "one of several equal places"
            if found:
                pairs = [(one, other) for one, other in zip(found[0], wanted, strict=True) if other.strip()]
                shifts = {len(one) - len(one.lstrip()) - len(other) + len(other.lstrip()) for one, other in pairs}
                if len(shifts) > 1 and "\t" not in before + edit.search:
                    return "indentation that differs line by line"
                break
    return ""


# --- aider: its own test functions, with this engine in the place of theirs ------------------------------------------


class Disk(dict[str, str]):
    """Files in memory, as the tests write and read them."""

    def open(self, path: object, mode: str = "r", **_: object) -> "Handle":
        return Handle(self, str(path), "w" in mode)


class Handle:
    def __init__(self, disk: Disk, path: str, writing: bool) -> None:
        self.disk, self.path = disk, path
        if writing:
            disk[path] = ""

    def __enter__(self) -> "Handle":
        return self

    def __exit__(self, *_: object) -> None: ...

    def write(self, text: str) -> None:
        self.disk[self.path] += text

    def read(self) -> str:
        return self.disk[self.path]


def paths_of(disk: Disk) -> type:
    """A stand-in for `pathlib.Path` on a disk in memory."""

    class Memory(str):
        __slots__ = ()

        @property
        def name(self) -> str:
            return self.rpartition("/")[2]

        def write_text(self, text: str, **_: object) -> None:
            disk[str(self)] = text

        def read_text(self, **_: object) -> str:
            return disk[str(self)]

        def exists(self) -> bool:
            return str(self) in disk

    return Memory


class Coder:
    """A stand-in for aider's coders: the reply of the test goes through this engine."""

    fence = ("```", "```")

    def __init__(self, disk: Disk, form: str, names: Sequence[object] = (), notes: list[str] | None = None) -> None:
        self.disk, self.form, self.names = disk, form, [str(name) for name in names]
        self.notes = notes if notes is not None else []
        self.partial_response_content = ""
        self.send: Callable[[], object] = lambda: None

    def choose_fence(self) -> None:
        self.fence = ("````", "````")

    def run(self, with_message: str) -> None:
        self.send()
        self.apply_updates()

    def apply_updates(self) -> list[str]:
        files = {name: self.disk[name] for name in self.names} or dict(self.disk)
        edits = self.edits(files)
        if guess := guess_of("".join(files.values()), [edit for edit in edits if self.form == "diff"]):
            self.notes.append(guess)
        if any(isinstance(edit, NewFile) and edit.path.rpartition("/")[2] in files for edit in edits):
            self.notes.append("a file by a name that is not its path")
        self.disk.update(applied(files, edits))
        return [edit.path for edit in edits if isinstance(edit, TextEdit | NewFile)]

    def edits(self, files: Mapping[str, str]) -> list[EditRequest]:
        reply = self.partial_response_content
        try:
            return parse_blocks(reply, known=files) if self.form == "diff" else parse_whole(reply, files)
        except Malformed as error:
            if "there is no " in error.message:
                self.notes.append("a file by a name that is not its path")
            raise Refusal(error.message) from error


class Judge:
    """The assertions that the tests make."""

    GPT35 = None

    def __init__(self) -> None:
        self.messages: list[object] = []  # of our refusals: their words are not judged

    def require(self, holds: bool, what: str) -> None:
        assert holds, what

    def assertEqual(self, first: object, second: object) -> None:  # noqa: N802 - unittest's name
        self.require(first == second, f"{first!r} is not {second!r}")

    def assertIn(self, part: Any, whole: Any) -> None:  # noqa: N802 - unittest's name
        self.require(whole in self.messages or part in whole, f"{part!r} is not in {whole!r}")

    def assertNotEqual(self, first: object, second: object) -> None:  # noqa: N802 - unittest's name
        self.require(first != second, f"{first!r} is {second!r}")

    def assertFalse(self, value: object) -> None:  # noqa: N802 - unittest's name
        self.require(not value, f"{value!r}")

    def assertRaises(self, kind: type) -> "Raises":  # noqa: N802 - unittest's name
        return Raises(self)


class Raises:
    exception: BaseException | None = None

    def __init__(self, judge: Judge) -> None:
        self.judge = judge

    def __enter__(self) -> "Raises":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: object) -> bool:
        self.exception = error
        self.judge.messages.append(str(error))
        self.judge.require(isinstance(error, Refusal), "nothing was raised")
        return True


def stand_ins(disk: Disk, notes: list[str]) -> dict[str, Any]:
    """What the names in aider's tests mean here."""

    def blocks(text: str, *_: object, valid_fnames: Sequence[str] = (), **__: object) -> list[tuple[str, str, str]]:
        try:
            return [(one.path, one.search, one.replace) for one in text_edits(parse_blocks(text, known=valid_fnames))]
        except Malformed as error:
            raise Refusal(error.message) from error

    def chunk_replaced(whole: str, part: str, replace: str) -> str:
        edit = TextEdit("a.txt", part, replace)
        if guess := guess_of(whole, [edit]):
            notes.append(guess)
        return applied({"a.txt": whole}, [edit])["a.txt"]

    def diffs(text: str) -> list[tuple[str, list[str]]]:
        return [(edit.path, hunk_lines(edit)) for edit in text_edits(parse_diff(text))]

    def create(model: object, form: str = "diff", fnames: Sequence[object] = (), **_: object) -> Coder:
        return Coder(disk, form, fnames, notes)

    def whole_coder(fnames: Sequence[object] = (), **_: object) -> Coder:
        return Coder(disk, "whole", fnames, notes)

    return {
        "__builtins__": {name: getattr(builtins, name) for name in BUILTINS},
        "eb": SimpleNamespace(find_original_update_blocks=blocks, replace_most_similar_chunk=chunk_replaced),
        "find_diffs": diffs, "dump": lambda *_: None, "open": disk.open, "Path": paths_of(disk),
        "Coder": SimpleNamespace(create=create), "WholeFileCoder": whole_coder,
        "InputOutput": lambda **_: None, "Model": lambda *_: None, "MagicMock": lambda side_effect: side_effect,
        "tempfile": SimpleNamespace(mkstemp=lambda: (0, "made.txt")), "ChdirTemporaryDirectory": Nothing,
    }  # fmt: skip


class Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


def text_edits(edits: Sequence[EditRequest]) -> list[TextEdit]:
    return [edit if isinstance(edit, TextEdit) else TextEdit(edit.path, "", edit.text) for edit in edits]  # type: ignore[union-attr]


def hunk_lines(edit: TextEdit) -> list[str]:
    """The lines of a hunk, as aider's own reader hands them on, for a search and a replacement."""
    old, new = edit.search.splitlines(keepends=True), edit.replace.splitlines(keepends=True)
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    tail = 0
    while tail < min(len(old), len(new)) - same and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    changed = [f"-{line}" for line in old[same : len(old) - tail]] + [
        f"+{line}" for line in new[same : len(new) - tail]
    ]
    return [f" {line}" for line in old[:same]] + changed + [f" {line}" for line in old[len(old) - tail :]]


AIDER = {
    "tests/basic/test_editblock.py": ("find_original_update_blocks", "replace_most_similar_chunk", "Coder.create"),
    "tests/basic/test_udiff.py": ("find_diffs",),
    "tests/basic/test_wholefile.py": ("apply_updates", "coder.run"),
}
NOT_EDITS = {
    "test_full_edit_dry_run": "that nothing is written on request",
    "test_no_files_new_file_should_ask": "that a person is asked",
    "test_update_files_live_diff": "how progress is shown",
}


def aider_cases(root: Path) -> Iterator[Result]:
    for file, marks in AIDER.items():
        source = (root / file).read_text("utf-8")
        for node in ast.walk(ast.parse(source)):
            named = isinstance(node, ast.FunctionDef) and node.name.startswith("test_") and node.name not in NOT_EDITS
            if named and any(mark in ast.unparse(node) for mark in marks):
                yield aider_case(Path(file).stem, node)
    yield from chat_cases(root)


def aider_case(suite: str, node: ast.FunctionDef) -> Result:
    disk, notes, judge = Disk(), [], Judge()
    names = stand_ins(disk, notes)
    module = ast.Module([node], [])
    exec(compile(ast.fix_missing_locations(module), suite, "exec"), names)
    outcome, detail = "as expected", ""
    try:
        names[node.name](judge)
    except Refusal as error:
        outcome, detail = "refused", str(error)
    except AssertionError as error:
        outcome, detail = "wrong", str(error)
    return Result(f"aider {suite}", node.name, outcome, notes[0] if notes else "", detail)


def chat_cases(root: Path) -> Iterator[Result]:
    """The replies of recorded chats, each with the blocks that aider reads from it."""
    fixtures = root / "tests/fixtures"
    chats = (fixtures / "chat-history.md").read_text("utf-8")
    parts = re.split(r"(?m)^@@@ (.*) @{20}\n", (fixtures / "chat-history-search-replace-gold.txt").read_text("utf-8"))
    told: list[tuple[str, list[tuple[str, str, str]]]] = []
    for head, body in zip(parts[1::2], parts[2::2], strict=True):
        if head.startswith("SEARCH: "):
            search, _, replace = body.partition("@" * 20 + "\n")
            told[-1][1].append((head.removeprefix("SEARCH: "), search, replace))
        elif head not in ("REPLACE", "SHELL", "ENDSHELL"):
            told.append((head, []))
    at = 0
    for section in re.split(r"(?=####\s)", chats):
        head, _, reply = section.partition("\n")
        if "editblock_coder.py" in section or "test_editblock.py" in section or at == len(told):
            continue
        marked = re.search(r"(?m)^[ \t]*<{5,9} SEARCH", reply)
        if told[at][0] == head.strip() and (marked or not told[at][1]):
            yield chat_case(head.strip(), reply, told[at][1])
            at += 1


def chat_case(head: str, reply: str, expected: list[tuple[str, str, str]]) -> Result:
    suite, name = "aider recorded chats", head[:60]
    try:
        found = [(one.path, one.search, one.replace) for one in text_edits(parse_blocks(reply))]
    except Malformed as error:
        return Result(suite, name, "refused" if expected else "as expected", "", error.message)
    return Result(suite, name, "as expected" if found == expected else "wrong", "", f"{len(found)} blocks")


# --- Roo-Code: texts and expectations read from syntax trees ---------------------------------------------------------


class Script:
    """A test file of Roo-Code, and what the constants in it are."""

    def __init__(self, path: Path) -> None:
        self.source = path.read_bytes()
        self.root = syntax.parse("typescript", self.source)

    def text(self, node: Node) -> str:
        return syntax.text(node, self.source).decode()

    def tests(self) -> Iterator[tuple[str, Node]]:
        """The name and the body of every `it(...)`."""
        for node in self.walk(self.root):
            if node.type == "call_expression" and self.text(syntax.child(node, "function")) == "it":
                name, body = syntax.child(node, "arguments").named_children[:2]
                yield self.value(name, {}), body

    def walk(self, node: Node) -> Iterator[Node]:
        yield node
        for one in node.named_children:
            yield from self.walk(one)

    def calls(self, body: Node, name: str) -> Iterator[tuple[Node, list[Node]]]:
        """Calls of a function or method of this name, with their arguments."""
        for node in self.walk(body):
            if node.type == "call_expression":
                callee = self.text(syntax.child(node, "function"))
                if re.search(rf"(?:^|[.\[\"]){re.escape(name)}(?:[\"\]]*)$", callee):
                    yield node, [one for one in syntax.child(node, "arguments").named_children if one.type != "comment"]

    def constants(self, body: Node) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for node in self.walk(body):
            if node.type == "variable_declarator" and node.child_by_field_name("value"):
                try:
                    found[self.text(syntax.child(node, "name"))] = self.value(syntax.child(node, "value"), found)
                except ValueError:
                    continue
        return found

    def value(self, node: Node, known: Mapping[str, Any]) -> Any:
        """The value of a constant expression. Raises ValueError for any other."""
        kind = node.type
        if kind in ("string", "template_string"):
            return "".join(self.piece(part) for part in self.parts(node))
        if kind == "binary_expression":
            return self.value(syntax.child(node, "left"), known) + self.value(syntax.child(node, "right"), known)
        if kind == "identifier" and self.text(node) in known:
            return known[self.text(node)]
        if kind == "call_expression" and self.text(syntax.child(node, "function")).endswith(".trim"):
            return self.value(syntax.child(syntax.child(node, "function"), "object"), known).strip()
        if kind == "array":
            return [self.value(one, known) for one in node.named_children]
        if kind == "object":
            pairs = [one for one in node.named_children if one.type == "pair"]
            return {self.text(syntax.child(p, "key")): self.value(syntax.child(p, "value"), known) for p in pairs}
        if kind in ("true", "false", "null", "number"):
            return json.loads(self.text(node))
        raise ValueError(kind)

    def parts(self, node: Node) -> Iterator[Node | str]:
        """The escapes and the text between them of a string or template."""
        at = node.start_byte + 1
        for one in node.children:
            if one.type == "template_substitution":
                raise ValueError(one.type)
            if one.type == "escape_sequence":
                yield self.source[at : one.start_byte].decode()
                yield one
                at = one.end_byte
        yield self.source[at : node.end_byte - 1].decode()

    def piece(self, part: Node | str) -> str:
        if isinstance(part, str):
            return part
        escape = self.text(part)
        plain = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\\\": "\\"}
        return plain.get(escape) or (chr(int(escape.strip("\\u{}"), 16)) if escape.startswith("\\u") else escape[1:])


ROO = "src/core/diff/strategies/__tests__/"
ROO_PATCH = "src/core/tools/apply-patch/__tests__/apply.spec.ts"


def roo_cases(root: Path) -> Iterator[Result]:
    for file in sorted((root / ROO).glob("multi-search-replace*.spec.ts")):
        script = Script(file)
        suite = "Roo-Code " + file.name.removesuffix(".spec.ts")
        for name, body in script.tests():
            known = script.constants(body)
            for _, arguments in script.calls(body, "applyDiff"):
                values = [script.value(one, known) for one in arguments]
                yield roo_case(suite, name, script, body, values)
            yield from marker_cases(suite, name, script, body, known)
    script = Script(root / ROO_PATCH)
    for name, body in script.tests():
        known = script.constants(body)
        for _, (before, _, chunks) in list(script.calls(body, "applyChunksToContent"))[:1]:
            yield chunk_case(name, script, body, script.value(before, known), script.value(chunks, known))


def expectation(script: Script, body: Node) -> tuple[bool, str | None, list[tuple[bool, str]]]:
    """Whether success is expected, which text, and which parts of it (wanted or not)."""
    success, exact, parts = True, None, []
    for node, arguments in script.calls(body, "toBe"):
        value = script.value(arguments[0], {})
        if "success" in script.text(node):
            success = value
        else:
            exact = value
    for _node, arguments in script.calls(body, "not.toContain"):
        parts.append((False, script.value(arguments[0], {})))
    for node, arguments in script.calls(body, "toContain"):
        if ".not." not in script.text(node):
            parts.append((True, script.value(arguments[0], {})))
    return success, exact, parts


def roo_case(suite: str, name: str, script: Script, body: Node, values: list[Any]) -> Result:
    before, reply, near = values[0], values[1], values[2] if len(values) > 2 else None
    success, exact, parts = expectation(script, body)
    path = "test.ts" if not syntax.broken(syntax.parse("typescript", before.encode())) else "test.txt"
    guess = ""
    try:
        edits = [
            TextEdit(path, one.search, one.replace, one.near_line or near)
            for one in text_edits(parse_blocks(reply, path=path))
        ]
        guess = guess_of(before, edits)
        after = applied({path: before}, edits)[path]
    except (Malformed, Refusal) as error:
        return Result(suite, name, "refused" if success else "as expected", guess if success else "", str(error))
    right = success and (
        after == exact if exact is not None else all((part in after) is wanted for wanted, part in parts)
    )
    return Result(suite, name, "as expected" if right else "wrong", guess, repr(after))


def marker_cases(suite: str, name: str, script: Script, body: Node, known: Mapping[str, Any]) -> Iterator[Result]:
    """Replies that are well formed or not; nothing is applied."""
    for node, arguments in script.calls(body, "validateMarkerSequencing"):
        statement = syntax.enclosing(node, "expression_statement")
        wanted = "toBe(true)" in script.text(statement or body)
        try:
            parse_blocks(script.value(arguments[0], known), path="test.ts")
            outcome, detail = "as expected" if wanted else "wrong", "read"
        except Malformed as error:
            outcome, detail = "refused" if wanted else "as expected", error.message
        yield Result(suite + ", form only", name, outcome, "", detail)


def chunk_case(name: str, script: Script, body: Node, before: str, chunks: list[dict[str, Any]]) -> Result:
    expected = next((script.value(one[0], {}) for _, one in script.calls(body, "toBe")), None)
    edits = [
        chunk("test.txt", [one["changeContext"]] if one["changeContext"] else [], one["oldLines"], one["newLines"])
        for one in chunks
    ]
    guess = guess_of(before, edits)
    if not all(edit.search for edit in edits):
        guess = "text without a place, put at the end"
    elif expected is not None and not before.endswith("\n"):
        guess = "a final line end that the file did not have"
    suite = "Roo-Code apply-patch"
    try:
        after = applied({"test.txt": before}, edits)["test.txt"]
    except Refusal as error:
        return Result(suite, name, "refused" if expected is not None else "as expected", guess, str(error))
    return Result(suite, name, "as expected" if after == expected else "wrong", guess, repr(after))


# --- the figures -----------------------------------------------------------------------------------------------------


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--aider", type=Path, help="a checkout of Aider-AI/aider")
    options.add_argument("--roo", type=Path, help="a checkout of RooCodeInc/Roo-Code")
    options.add_argument("--verbose", action="store_true", help="show every case that is not as expected")
    chosen = options.parse_args()
    results = [*(aider_cases(chosen.aider) if chosen.aider else ()), *(roo_cases(chosen.roo) if chosen.roo else ())]
    clear = [one for one in results if not one.guess]
    print("| cases | all | as expected | refused | wrong writes |")
    print("|---|---|---|---|---|")
    for suite in dict.fromkeys(one.suite for one in clear):
        print(row(suite, [one for one in clear if one.suite == suite]))
    print(row("**all that are beyond doubt**", clear))
    print("\n| what they guess | all | as they do | refused | otherwise |")
    print("|---|---|---|---|---|")
    for guess in dict.fromkeys(one.guess for one in results if one.guess):
        print(row(guess, [one for one in results if one.guess == guess]))
    share = sum(one.outcome == "as expected" for one in clear) / max(1, len(clear))
    print(f"\n{share:.1%} of what is beyond doubt is as expected")
    for one in results if chosen.verbose else ():
        if one.outcome != "as expected":
            print(f"{one.outcome}: {one.suite}: {one.name} {one.guess and f'({one.guess})'}\n    {one.detail}")


def row(name: str, results: Sequence[Result]) -> str:
    counts = Counter(one.outcome for one in results)
    return f"| {name} | {len(results)} | " + " | ".join(str(counts[outcome]) for outcome in OUTCOMES) + " |"


if __name__ == "__main__":
    main()
