"""Random renames, moves of files and safe deletions, judged by a compiler: TypeScript, Go, Java or Rust.

    python benchmarks/compiled_refactorings.py REPOSITORY LANGUAGE --compiler COMMAND [--count N]

Works on a scratch copy. Each change is proposed, proven and written as `codeagent refactor --yes` does; then the
compiler, run in the copy, must say as many errors of each kind as before. A batch stands one change on top of the
other and is taken back, last change first, by the inverse operation where there is one and by `codeagent undo` where
there is none; the tree must then be byte for byte what it was."""

import argparse
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

import random_refactorings as base

from codeagent.domain.code import Symbol
from codeagent.graph.graph import CodeGraph
from codeagent.refactorings.code import Code

KINDS = ("function", "method", "class", "interface", "struct", "enum", "trait", "type", "variable", "constant", "field")
WORD = re.compile(r"[A-Za-z_$][\w$]*")
ERROR = re.compile(r"error(?:\[E\d+\]| TS\d+)?|\.go:\d+:\d+: |^vet: ")
LANGUAGES = {"typescript": ("typescript", "tsx", "javascript"), "go": ("go",), "java": ("java",), "rust": ("rust",)}


def fresh(name: str, chance: random.Random) -> str:
    """A new name of the same case: what Go exports stays exported; what runners go by stays."""
    mark = f"{chance.choice('qxz')}{chance.randrange(100)}"
    if name.isupper() or "_" in name:
        return f"{name}_{mark.upper() if name.isupper() else mark}"
    return f"{name}{mark.capitalize()}"


class Session(base.Session):
    """Changes in one language."""

    languages: tuple[str, ...] = ()
    below = ""

    def files(self, graph: CodeGraph) -> list[str]:
        files = graph.files.items()
        return [path for path, one in files if one.language in self.languages and path.startswith(self.below)]

    def symbols(self, graph: CodeGraph) -> list[Symbol]:
        kind = self.chance.choice(KINDS)
        found = [one for path in self.files(graph) for one in graph.symbols(path)]
        found = [one for one in found if not one.name.startswith("<")]
        return [one for one in found if one.kind == kind] or [one for one in found if one.kind in KINDS]

    def draw(self, code: Code) -> base.Wish:
        kinds = (self.rename, self.parameter, self.file, self.move, self.delete)
        return self.chance.choices(kinds, (8, 3, 2, 3, 3))[0](code)

    def rename(self, code: Code) -> base.Wish:
        symbol = self.chance.choice(self.symbols(code.graph))
        new = fresh(symbol.name.rpartition(".")[2], self.chance)  # Go: a method far from its type is `Type.name`
        if "#" in symbol.id:  # one of several of its name: by its place
            place = code.graph.place(symbol.path, symbol.name_span.start, symbol.name_span.end)
            target = f"{symbol.path}:{place.line}:{place.column}"
            return base.Wish("rename", "rename", {"target": target, "new": new})
        return base.Wish("rename", "rename", {"target": symbol.id, "new": new}, self.back(symbol, new))

    def back(self, symbol: Symbol, new: str) -> tuple[str, base.Arguments]:
        """The inverse; a Java file goes by the type in it."""
        path, _, dotted = symbol.id.partition("::")
        stem = path.rpartition("/")[2].removesuffix(".java")
        if path.endswith(".java") and dotted == stem:
            path = f"{path.removesuffix(stem + '.java')}{new}.java"
        above, dot, _ = dotted.rpartition(".")
        return "rename", {"target": f"{path}::{above}{dot}{new}", "new": symbol.name.rpartition(".")[2]}

    def parameter(self, code: Code) -> base.Wish:
        """A word in the head of a function, by its place: mostly a parameter, else a type."""
        graph = code.graph
        functions = [one for one in self.symbols(graph) if one.kind in ("function", "method")]
        if not functions:
            return self.rename(code)
        symbol = self.chance.choice(functions)
        source = code.read(symbol.path)[symbol.name_span.end : symbol.span.end].decode("latin-1")
        head = re.split(r"[{\n;]", source, maxsplit=1)[0]
        words = list(WORD.finditer(head))
        if not words:
            return self.rename(code)
        word = self.chance.choice(words)
        start = symbol.name_span.end + word.start()
        place = graph.place(symbol.path, start, start)
        target = f"{symbol.path}:{place.line}:{place.column}"
        new = fresh(word[0], self.chance)
        return base.Wish("rename", "rename", {"target": target, "new": new})  # places shift: undone by `undo`

    def file(self, code: Code) -> base.Wish:
        path = self.chance.choice(self.files(code.graph))
        folder, _, name = path.rpartition("/")
        stem, dot, ending = name.partition(".")
        new = fresh(stem, self.chance)
        if path.endswith("_test.go"):
            new = f"{fresh(stem.removesuffix('_test'), self.chance)}_test"
        back = f"{folder}/{new}{dot}{ending}" if folder else f"{new}{dot}{ending}"
        return base.Wish("rename", "rename", {"target": path, "new": new}, ("rename", {"target": back, "new": stem}))

    def move(self, code: Code) -> base.Wish:
        paths = self.files(code.graph)
        path = self.chance.choice(paths)
        folder, _, name = path.rpartition("/")
        others = sorted({one.rpartition("/")[0] for one in paths} - {folder})
        to = (
            self.chance.choice(others)
            if others and self.chance.random() < 0.6
            else f"{folder}/own{folder.count('/')}".lstrip("/")
        )
        back = {"target": f"{to}/{name}" if to else name, "to": folder or "."}
        inverse = None if path.endswith(".java") else ("move-module", back)  # imports of what was near stay
        return base.Wish("move", "move-module", {"target": path, "to": to or "."}, inverse)

    def delete(self, code: Code) -> base.Wish:
        if self.chance.random() < 0.2:
            return base.Wish("delete", "safe-delete", {"targets": [self.chance.choice(self.files(code.graph))]})
        found = [one for one in self.symbols(code.graph) if not code.graph.incoming(one.id)] or self.symbols(code.graph)
        return base.Wish("delete", "safe-delete", {"targets": [self.chance.choice(found).id]})


def errors(root: Path, command: str) -> Counter[str]:
    """What the compiler says, by kind: lines that tell of an error, without names and places."""
    done = subprocess.run(["bash", "-c", command], check=False, cwd=root, capture_output=True, text=True)
    lines = (done.stdout + done.stderr).splitlines()
    found = [line for line in lines if ERROR.search(line)]
    if done.returncode and not found:
        return Counter({f"the compiler ended with {done.returncode}: {lines[-3:]}": 1})
    return Counter(re.sub(r"^\S+:\d+:.*?error|\S*[\d/:.]\S*|'[^']*'|`[^`]*`", "", line).strip()[:60] for line in found)


def main() -> int:
    """Run the benchmark and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", type=Path)
    parser.add_argument("language", choices=LANGUAGES)
    parser.add_argument("--compiler", required=True, help="a command that compiles everything, tests included")
    parser.add_argument("--below", default="", help="draw only from paths that start so")
    parser.add_argument("--count", type=int, default=30, help="operations, refused ones included")
    parser.add_argument("--batch", type=int, default=5, help="changes made before all is taken back")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--verbose", action="store_true", help="also tell what is refused")
    options = parser.parse_args()
    score = base.Score()
    repository = options.repository.resolve()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, repository.name)
        shutil.copytree(repository, root, ignore=shutil.ignore_patterns(".git"), symlinks=True)
        session = Session(root, score, random.Random(f"{options.seed} {repository.name}"), verbose=options.verbose)
        session.languages, session.below = LANGUAGES[options.language], options.below
        usual = errors(root, options.compiler)  # at most: what is deleted has no errors any more
        print(f"{repository.name}: {usual.total()} errors as it is", flush=True)
        left = options.count
        while left > 0:
            contents = base.tree(root)
            for _ in range(min(options.batch, left)):
                left -= 1
                made = len(session.made)
                contents = session.attempt(contents)
                if len(session.made) == made:
                    continue
                wish, _, before = session.made[-1]
                now = errors(root, options.compiler)
                if wish.kind != "delete" and (gone := usual - now):
                    session.fail(wish, f"the compiler no longer says {dict(gone)}")
                if new := now - usual:
                    session.fail(wish, f"the compiler says {dict(new)}")
                    session.made.pop()
                    base.restore(root, before)
                    contents = before
            session.take_back()
            print(dict(score.done), "refused", score.refused.total(), flush=True)
    done = ", ".join(f"{count} {kind}" for kind, count in sorted(score.done.items()))
    left_over = f"{score.review.total()} left for review, {score.refused.total()} refused"
    print(f"\n{repository.name}: {score.done.total()} done ({done}), {left_over}, {len(score.failures)} failures")
    for why, count in score.refused.most_common():
        print(f"  {count:>4}  {why}")
    return len(score.failures) > 0


if __name__ == "__main__":
    sys.exit(main())
