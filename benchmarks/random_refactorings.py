"""Random renames, moves and signature changes: does everything still work, and does the inverse give the same bytes?

    python benchmarks/random_refactorings.py REPOSITORY... [--count N] [--python PYTHON [--tests ARGUMENTS]]

Works on a scratch copy. A batch of changes is made one on top of the other, each proposed, proven and written as
`codeagent refactor --yes` does; then every Python file must compile and the project's own tests (with --python; else
imports of all modules) must end as before. Then the batch is taken back, last change first, by the inverse operation
where there is one and by `codeagent undo` where there is none, and the tree must be byte for byte what it was."""

import argparse
import os
import random
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from codeagent.config import load_config
from codeagent.domain.code import Symbol
from codeagent.domain.errors import CodeAgentError, Refused
from codeagent.domain.patch import Safety
from codeagent.graph.graph import CodeGraph
from codeagent.graph.update import open_graph
from codeagent.languages.syntax import around, enclosing
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.parameters import Parameter, parameters_of
from codeagent.workflows.refactor import refactor
from codeagent.workflows.undo import undo
from codeagent.workspace.writing import write_patch

Arguments = dict[str, Any]
Contents = dict[str, bytes]
AFFIX = re.compile(r"(_*(?:test_?|Test|pytest_)?)(.*?)(_*)\Z", re.DOTALL)  # what runners and readers go by stays


@dataclass(frozen=True)
class Wish:
    """An operation with its arguments, and what takes it back; None: `codeagent undo` does."""

    kind: str
    operation: str
    arguments: Arguments
    inverse: tuple[str, Arguments] | None = None


@dataclass
class Score:
    """What became of the wishes for one repository."""

    done: Counter[str] = field(default_factory=Counter)
    review: Counter[str] = field(default_factory=Counter)  # told to be looked at, so nothing is claimed of it
    refused: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)


# --- what is wished for


def fresh(name: str, chance: random.Random) -> str:
    head, inner, tail = AFFIX.fullmatch(name).groups()
    mark = f"{chance.choice('qxz')}{chance.randrange(100)}"
    return f"{head}{inner}_{mark}{tail}" if inner.islower() or not inner else f"{head}{inner}{mark.upper()}{tail}"


def symbols(graph: CodeGraph, kinds: tuple[str, ...]) -> list[Symbol]:
    paths = [path for path, record in graph.files.items() if record.language == "python"]
    return [one for path in paths for one in graph.symbols(path) if one.kind in kinds and not set("#@") & set(one.id)]


def parameters(code: Code, symbol: Symbol) -> list[Parameter]:
    node = around(code.tree(symbol.path), symbol.name_span.start, symbol.name_span.end)
    function = enclosing(node, "function_definition")
    found = parameters_of(function, code.read(symbol.path)) if function is not None else []
    return [one for one in found if one.name and not one.star and one.name not in ("self", "cls")]


def renames(code: Code, chance: random.Random) -> Wish:
    graph = code.graph
    if chance.random() < 0.1:
        path = chance.choice([one for one in graph.files if one.endswith(".py") and not one.endswith("__init__.py")])
        folder, _, base = path.rpartition("/")
        new = fresh(base.removesuffix(".py"), chance)
        back = f"{folder}/{new}.py" if folder else f"{new}.py"
        inverse = {"target": back, "new": base.removesuffix(".py")}
        return Wish("rename", "rename", {"target": path, "new": new}, ("rename", inverse))
    kinds = ("function", "method", "class", "variable", "constant", "field", "property")
    symbol = chance.choice(symbols(graph, (chance.choice(kinds),)) or symbols(graph, kinds))
    target, name = symbol.id, symbol.name
    if symbol.kind in ("function", "method") and chance.random() < 0.3 and (own := parameters(code, symbol)):
        name = chance.choice(own).name
        target = f"{symbol.id}.{name}"
    new = fresh(name, chance)
    inverse = {"target": target.removesuffix(name) + new, "new": name}
    return Wish("rename", "rename", {"target": target, "new": new}, ("rename", inverse))


def package_of(graph: CodeGraph, path: str) -> str:
    """The topmost of the packages that hold a module."""
    folder = path.rpartition("/")[0]
    while f"{folder.rpartition('/')[0]}/__init__.py" in graph.files:
        folder = folder.rpartition("/")[0]
    return folder


def is_named_relatively(code: Code, path: str) -> bool:
    """Whether another file of its package imports a module, or from it, by a relative import."""
    stem = path.rpartition("/")[2].removesuffix(".py").encode()
    pattern = re.compile(rb"from \.[\w.]*(?:\b%b import| import (?:[^(\n]*?|\([^)]*?)\b%b\b)" % (stem, stem))
    top = package_of(code.graph, path)
    return any(one.startswith(f"{top}/") and pattern.search(code.read(one)) for one in code.graph.files)


def moves(code: Code, chance: random.Random) -> Wish:
    graph = code.graph
    if chance.random() < 0.2:
        product = [one for one, record in graph.files.items() if one.endswith(".py") and not record.test]
        paths = [one for one in product if "/" in one and not one.endswith("__init__.py")]
        path = chance.choice(paths)
        to = chance.choice(sorted({one.rpartition("/")[0] for one in paths} - {path.rpartition("/")[0]}))
        back = {"target": f"{to}/{path.rpartition('/')[2]}", "to": path.rpartition("/")[0]}
        away = not f"{to}/".startswith(f"{package_of(graph, path)}/") and is_named_relatively(code, path)
        relative = away or b"from ." in code.read(path)  # which is absolute elsewhere, and stays so on the way back
        inverse = None if relative else ("move-module", back)
        return Wish("move", "move-module", {"target": path, "to": to}, inverse)
    kinds = ("function", "class", "variable", "constant")
    symbol = chance.choice([one for one in symbols(graph, kinds) if one.parent == one.path])
    test = graph.files[symbol.path].test  # a test that leaves its folder may not run, or run where it did not
    folder = symbol.path.rpartition("/")[0] if test else symbol.path.partition("/")[0]
    alike = [one for one, record in graph.files.items() if one.endswith(".py") and record.test == test]
    alike = [one for one in alike if not test or one.rpartition("/")[2].startswith("test_")]
    others = [one for one in alike if one.startswith(folder) and one != symbol.path]
    to = (
        chance.choice(others)
        if others and chance.random() < 0.5
        else f"{os.path.splitext(symbol.path)[0]}_{folder.rpartition('/')[2]}_own.py"
    )
    return Wish("move", "move", {"target": [symbol.id], "to": to})


def signatures(code: Code, chance: random.Random) -> Wish:
    symbol = chance.choice(symbols(code.graph, ("function", "method")))
    own = parameters(code, symbol)
    ways: list[Callable[[], tuple[Arguments, Arguments | None]]] = [
        lambda: ({"add": ["added_one: int = 0"]}, {"remove": ["added_one"]}),
        lambda: ({"add": ["added_one: str = ''"], "keyword_only": ["added_one"]}, {"remove": ["added_one"]}),
    ]
    if own:
        old = chance.choice(own).name
        new = fresh(old, chance)
        ways.append(lambda: ({"rename_parameter": [f"{old}={new}"]}, {"rename_parameter": [f"{new}={old}"]}))
        ways.append(lambda: ({"remove": [old]}, None))
        ways.append(lambda: ({"keyword_only": [own[-1].name]}, None))
    places = [one.name for one in own if one.kind != "keyword"]
    if len(places) > 1:
        order = chance.sample(places, len(places))
        ways.append(lambda: ({"reorder": ",".join(order)}, {"reorder": ",".join(places)}))
    wish, back = chance.choice(ways)()
    target = {"target": symbol.id}
    inverse = ("change-signature", target | back) if back else None
    return Wish("signature", "change-signature", target | wish, inverse)


def reason(error: CodeAgentError) -> str:
    """A refusal without the names and places in it."""
    text = error.message.splitlines()[0]
    if "cannot be resolved" in text:
        return "occurrences cannot be resolved"
    text = re.sub(r"\S*(?:::|/|\.py)\S*|'[^']*'|\b\S*[_.\d]\S*\b|\b[A-Z]\w*[A-Z]\w*\b", "…", text)
    return re.sub(r"(… ?)+", "… ", re.sub(r"^\S+ (?=is |has |may |would |overrides |at )", "… ", text)).strip()


# --- what must hold


def tree(root: Path) -> Contents:
    files = (path for path in sorted(root.rglob("*")) if path.is_file() and not path.is_symlink())
    skipped = ("__pycache__", ".git", ".pytest_cache", ".hypothesis")
    return {str(p.relative_to(root)): p.read_bytes() for p in files if not set(p.parts) & set(skipped)}


def uncompilable(contents: Contents) -> set[str]:
    found = set()
    for path, text in contents.items():
        if path.endswith(".py"):
            try:
                compile(text, path, "exec", dont_inherit=True)
            except (SyntaxError, ValueError):
                found.add(path)
    return found


def outcomes(root: Path, options: argparse.Namespace) -> Counter[str]:
    """How the project's tests end, counted by outcome and, for what fails, by the test's own name."""
    if options.python is None or not (options.tests or options.script):
        return imports(root, options.python or sys.executable)
    if options.script:
        return script_outcomes(root, options)
    report = root.parent / "report.xml"
    report.unlink(missing_ok=True)
    command = [options.python, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}"]
    environment = {**os.environ, "PYTHONPATH": f"{root}/src:{root}", "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [*command, *shlex.split(options.tests)], check=False, cwd=root, env=environment, capture_output=True
    )
    if not report.exists():
        return Counter({f"no report: {done.stdout[-300:]!r}": 1})
    found: Counter[str] = Counter()
    for case in ElementTree.parse(report).iter("testcase"):
        bad = [child.tag for child in case if child.tag in ("failure", "error")]
        found[
            f"{bad[0]} {case.get('name')}" if bad else "skipped" if case.find("skipped") is not None else "passed"
        ] += 1
    return found


def script_outcomes(root: Path, options: argparse.Namespace) -> Counter[str]:
    """The same of a project that runs unittest tests by a script of its own, read from what unittest says."""
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [options.python, *shlex.split(options.script)]
    done = subprocess.run(command, check=False, cwd=root, env=environment, capture_output=True, text=True)
    said = done.stderr + done.stdout
    ran = re.search(r"^Ran (\d+) tests?", said, re.MULTILINE)
    if ran is None:
        return Counter({f"no report: {said[-300:]!r}": 1})
    bad = [f"{kind.lower()} {name}" for kind, name in re.findall(r"^(FAIL|ERROR): (\S+)", said, re.MULTILINE)]
    skipped = sum(map(int, re.findall(r"\bskipped=(\d+)", said)))
    return Counter(bad) + Counter({"skipped": skipped, "passed": int(ran[1]) - skipped - len(set(bad))})


IMPORTS = """
import importlib, sys
for name in sys.argv[1:]:
    try: importlib.import_module(name)
    except BaseException as error: print(type(error).__name__)
    else: print("imported")
"""


def imports(root: Path, python: str) -> Counter[str]:
    """How imports of all modules end that lie in packages at the top, or below src."""
    found: Counter[str] = Counter()
    for top in (root, root / "src"):
        packages = sorted(one.parent for one in top.glob("*/__init__.py"))
        for package in packages:
            paths = [one.relative_to(top) for one in sorted(package.rglob("*.py")) if "templates" not in str(one)]
            names = [".".join(one.with_suffix("").parts).removesuffix(".__init__") for one in paths]
            command = [python, "-B", "-c", IMPORTS, *names]
            done = subprocess.run(command, check=False, cwd=top, capture_output=True, text=True)
            found.update(done.stdout.split())
    return found


# --- one batch


class Session:
    """A scratch copy and the changes made to it since it was as found."""

    def __init__(self, root: Path, score: Score, chance: random.Random, *, verbose: bool = False) -> None:
        self.root, self.score, self.chance, self.verbose = root, score, chance, verbose
        self.made: list[tuple[Wish, str, Contents]] = []

    def graph(self) -> CodeGraph:
        return open_graph(self.root, None, None, load_config(self.root))

    def attempt(self, before: Contents) -> Contents:
        """Carry out one random wish; return the tree after it."""
        code = Code(self.graph())
        wish = self.draw(code)
        try:
            done = refactor(code.graph, wish.operation, wish.arguments)
            if done.proposal.patch.safety is Safety.REVIEW:
                self.score.review[wish.kind] += 1
                return before
            run = write_patch(self.root, done.proposal.patch)
        except CodeAgentError as error:
            self.score.refused[f"{wish.kind}: {reason(error)}"] += 1
            if self.verbose:
                print("REFUSED", wish.operation, wish.arguments, error.message[:300], flush=True)
            return before
        except Exception:  # a traceback is a bug, and the run goes on
            self.fail(wish, traceback.format_exc(limit=-3))
            return before
        self.score.done[wish.kind] += 1
        self.made.append((wish, run, before))
        after = tree(self.root)
        if worse := uncompilable({p: t for p, t in after.items() if before.get(p) != t}) - uncompilable(before):
            self.fail(wish, f"does not compile: {sorted(worse)}")
        return after

    def draw(self, code: Code) -> Wish:
        """What to try next."""
        draw = self.chance.choices((renames, moves, signatures), (5, 3, 4))[0]
        return draw(code, self.chance)

    def take_back(self) -> None:
        """Take everything back, last change first."""
        while self.made:
            wish, run, before = self.made.pop()
            try:
                self.inverse(wish, run)
            except Exception as error:  # of whatever kind, it is a failure
                told = f"{error} ({getattr(error, 'hint', '')})"
                self.fail(
                    wish, f"its inverse: {told if isinstance(error, Refused) else traceback.format_exc(limit=-3)}"
                )
                undo(self.root, run)
            differing = [path for path, text in tree(self.root).items() if before.get(path) != text]
            if differing or tree(self.root).keys() != before.keys():
                self.fail(wish, f"its inverse does not give the same bytes: {differing[:3]}")
                restore(self.root, before)

    def inverse(self, wish: Wish, run: str) -> None:
        if wish.inverse is None:
            undo(self.root, run)
            return
        operation, arguments = wish.inverse
        done = refactor(self.graph(), operation, arguments, accept_unresolved=True)  # what was never changed stays
        write_patch(self.root, done.proposal.patch)

    def fail(self, wish: Wish, text: str) -> None:
        self.score.failures.append(f"{wish.operation} {wish.arguments}: {text}")
        print("FAILURE", self.score.failures[-1], flush=True)


def restore(root: Path, contents: Contents) -> None:
    for path in tree(root).keys() - contents.keys():
        (root / path).unlink()
    for path, text in contents.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text)


def batches(session: Session, options: argparse.Namespace) -> Iterator[list[Wish]]:
    """Make changes in batches; yield what each was once it stands."""
    left = options.count
    while left > 0:
        contents = tree(session.root)
        for _ in range(min(options.batch, left)):
            contents = session.attempt(contents)
            left -= 1
        yield [wish for wish, _, _ in session.made]
        session.take_back()


def run(repository: Path, options: argparse.Namespace) -> Score:
    score = Score()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, repository.name)
        shutil.copytree(repository, root, ignore=shutil.ignore_patterns(".git", "__pycache__"), symlinks=True)
        session = Session(root, score, random.Random(f"{options.seed} {repository.name}"), verbose=options.verbose)
        usual = outcomes(root, options)
        for made in batches(session, options):
            now = outcomes(root, options)
            if now != usual:
                lost, new = dict(usual - now), dict(now - usual)
                wishes = "; ".join(f"{one.operation} {one.arguments}" for one in made)
                score.failures.append(f"tests ended as {new} in place of {lost}, after {wishes}")
                print("FAILURE", score.failures[-1], flush=True)
            print(
                repository.name,
                dict(score.done),
                "refused",
                score.refused.total(),
                dict(usual.most_common(2)),
                flush=True,
            )
    return score


def main() -> int:
    """Run the benchmark and print a table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=80, help="operations for each repository, refused ones included")
    parser.add_argument("--batch", type=int, default=10, help="changes made before tests run and all is taken back")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--python", help="an interpreter with what the project's tests need; of one repository")
    parser.add_argument("--tests", default="tests", help="what pytest is told to run; '' imports all modules")
    parser.add_argument(
        "--script", help="in place of pytest: the project's own script of unittest tests, arguments too"
    )
    parser.add_argument("--verbose", action="store_true", help="also tell what is refused")
    options = parser.parse_args()
    failures = 0
    for folder in options.repositories:
        score = run(folder.resolve(), options)
        failures += len(score.failures)
        done = ", ".join(f"{count} {kind}" for kind, count in sorted(score.done.items()))
        left = f"{score.review.total()} left for review, {score.refused.total()} refused"
        said = f"{score.done.total()} done ({done}), {left}, {len(score.failures)} failures"
        print(f"\n{folder.name}: {said}")
        for why, count in score.refused.most_common():
            print(f"  {count:>4}  {why}")
    return failures > 0


if __name__ == "__main__":
    sys.exit(main())
