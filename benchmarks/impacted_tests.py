"""Does the choice of impacted tests hold every test that fails? Break functions one by one, and run all tests.

    python benchmarks/impacted_tests.py REPOSITORY --below src/flask [--python PROGRAM] [--mutations N] [--seed N]

Works on a clone. Each mutation breaks one function of the product, chosen by chance, in one of three ways: it raises,
it returns nothing, or its first comparison is turned round. All tests run, and the choice that the tests gate makes
for that change (`codeagent gate --plan`) must name every file in which a test fails that did not fail before.
`--python` has the repository's tests passing. Mutations that no test notices say nothing and are counted apart."""

import argparse
import ast
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from pathlib import Path

_TURNED = {"==": "!=", "!=": "==", "is not": "is", "is": "is not", "not in": "in", "in": "not in", "<": ">=", ">": "<="}


def mutations(root: Path, below: str) -> Iterator[tuple[str, str, str]]:
    """Yield (path, what is done, the file's text afterwards) of every mutation there can be."""
    for path in sorted((root / below).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines(keepends=True)
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and len(node.body) > 1:
                first = node.body[1]  # after a docstring, or after one statement
                indent = " " * first.col_offset
                for done, statement in (("raises", "raise RuntimeError('broken')"), ("returns nothing", "return None")):
                    at = first.lineno - 1
                    after = "".join([*lines[:at], f"{indent}{statement}\n", *lines[at:]])
                    yield str(path.relative_to(root)), f"{node.name} {done}", after
                if (turned := _turned(lines, node)) is not None:
                    yield str(path.relative_to(root)), f"{node.name} turned round", turned


def _turned(lines: list[str], function: ast.AST) -> str | None:
    """The text with the function's first comparison turned round, where it stands on one line."""
    for node in ast.walk(function):
        if isinstance(node, ast.Compare) and node.lineno == node.end_lineno and len(node.ops) == 1:
            line = lines[node.lineno - 1].encode()
            start, end = node.left.end_col_offset or 0, node.comparators[0].col_offset
            word = line[start:end].decode().strip()
            if word in _TURNED:
                changed = line[:start] + f" {_TURNED[word]} ".encode() + line[end:]
                return "".join([*lines[: node.lineno - 1], changed.decode(), *lines[node.lineno :]])
    return None


def failing(python: str, root: Path, tests: list[str]) -> set[str] | None:
    """The ids of the tests that fail, by file; None where nothing could be said."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.xml")
        command = [python, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "junit_family=xunit1"]
        subprocess.run(
            [*command, f"--junitxml={report}", "--continue-on-collection-errors", *tests],
            cwd=root, capture_output=True, timeout=900, check=False,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": f"{root / 'src'}{os.pathsep}{root}"},
        )  # fmt: skip
        if not report.exists():
            return None
        found = set()
        for case in ElementTree.parse(report).iter("testcase"):
            if case.find("failure") is not None or case.find("error") is not None:
                file = case.get("file") or case.get("name", "").replace(".", "/") + ".py"
                if (root / file).exists():  # else it is pytest itself that gave up
                    found.add(f"{file}::{case.get('classname')}.{case.get('name')}")
        return found


def chosen(codeagent: str, root: Path) -> tuple[set[str], bool]:
    """The test files that the tests gate would run, and whether it would run all."""
    done = subprocess.run([codeagent, "gate", "--plan", "--only", "tests", "--format", "json"], cwd=root,
                          capture_output=True, text=True, check=True)  # fmt: skip
    words = " ".join(json.loads(done.stdout)["gates"][0]["commands"]).split()
    files = {word for word in words if word.endswith(".py")}
    return files, not files


def main() -> int:
    """Mutate, run, compare; 1 where a failing test was not chosen."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("--below", default=".")
    parser.add_argument("--python", default=sys.executable)
    parser.add_argument("--codeagent", default="codeagent")
    parser.add_argument("--mutations", type=int, default=40)
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("tests", nargs="*", help="what pytest is given; default: what it finds")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, options.repository.resolve().name)
        subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", options.repository, root], check=True)
        before = failing(options.python, root, options.tests) or set()
        possible = list(mutations(root, options.below))
        some = random.Random(options.seed).sample(possible, min(options.mutations, len(possible)))
        noticed = missed = everything = 0
        shares = []
        for path, what, after in some:
            (root / path).write_text(after, encoding="utf-8")
            bad = failing(options.python, root, options.tests)
            new = (bad or set()) - before
            files, whole = chosen(options.codeagent, root)
            left_out = {} if whole else {name for name in new if name.partition("::")[0] not in files}
            noticed += bool(new)
            missed += bool(left_out)
            everything += whole
            shares.append(1.0 if whole else len(files) / max(1, len(list(root.rglob("test_*.py")))))
            said = "all chosen" if whole else f"{len(files)} files chosen"
            print(f"{path} {what}: {len(new)} tests fail anew, {said}", *sorted(left_out)[:5], sep="  ", flush=True)
            subprocess.run(["git", "checkout", "--quiet", "."], cwd=root, check=True)
    print(f"{len(some)} mutations, {noticed} noticed by a test, {missed} with a failing test that was not chosen")
    print(f"test files chosen: {100 * statistics.median(shares):.0f} % (median), all of them in {everything} cases")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
