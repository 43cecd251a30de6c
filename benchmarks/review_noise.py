"""How much a review cries wolf: replays real commits, one by one, and counts what it says of them.

    python benchmarks/review_noise.py REPOSITORY... [--commits N] [--code] [--show]

The newest commits that are no merges, each as `codeagent review --base C^..C`. With --code those alone that touch
files of a language with a grammar. Every error is printed; they are to be looked at, one by one."""

import argparse
import statistics
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from codeagent.config import load_config
from codeagent.domain.finding import Severity
from codeagent.domain.review import Review
from codeagent.languages import BY_NAME
from codeagent.quality.gates.change import Claims, language_of
from codeagent.workflows.gate import Request
from codeagent.workflows.review import Asked, review

PROSE = ("markdown",)


def commits(root: Path, count: int, code: bool) -> list[tuple[str, str]]:
    """The ids and subjects of the newest commits that are no merges and have a parent."""
    command = ["git", "log", "--no-merges", "--min-parents=1", "--format=%x1e%H%x00%s", "--name-only", f"-{count * 20}"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    found = []
    for record in done.stdout.split("\x1e")[1:]:
        head, *paths = record.strip().split("\n")
        sha, _, subject = head.partition("\0")
        if not code or any(is_code(path) for path in paths if path):
            found.append((sha, subject))
    return found[:count]


def is_code(path: str) -> bool:
    language = language_of(path)
    return bool(language) and language not in PROSE and bool(BY_NAME[language].grammar)


def replayed(root: Path, sha: str) -> Review:
    asked = Asked(Request(f"{sha}^..{sha}", claims=Claims(tests="none")))
    return review(root, asked, load_config(root))


def main() -> int:
    """Replay, print, count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--commits", type=int, default=10, help="of each repository")
    parser.add_argument("--code", action="store_true", help="only commits that touch code")
    parser.add_argument("--show", action="store_true", help="show warnings too, and what was recognised")
    options = parser.parse_args()
    rules, graves, broken, silent, total = Counter[str](), Counter[Severity](), 0, 0, 0
    seconds: list[float] = []
    explained = lines = 0
    for folder in options.repositories:
        root = folder.resolve()
        for sha, subject in commits(root, options.commits, options.code):
            started = time.perf_counter()
            told = replayed(root, sha)
            seconds.append(time.perf_counter() - started)
            total += 1
            explained, lines = explained + told.explained.lines, lines + told.explained.of_lines
            graves.update(one.severity for one in told.findings)
            rules.update(f"{one.severity} {one.rule}" for one in told.findings)
            silent += not any(one.severity is not Severity.INFO for one in told.findings)
            broken += len(told.broken)
            if options.show or told.broken or any(one.severity is Severity.ERROR for one in told.findings):
                print(f"{root.name} {sha[:10]} {subject}", *told.broken, flush=True)
            for one in told.findings:
                if one.severity is Severity.ERROR or (options.show and one.severity is Severity.WARNING):
                    print(f"  {one.severity} {one.path}:{one.line} [{one.rule}] {one.message}", flush=True)
            if options.show:
                for known in told.explained.refactorings:
                    print(f"  {known.kind} ({known.lines}) {known.message}", flush=True)
    print(
        f"{total} commits: {graves[Severity.ERROR]} errors, {graves[Severity.WARNING]} warnings, {broken} broken gates"
    )
    print(f"nothing to say of {silent}; {explained} of {lines} changed lines are proven refactorings")
    print(f"{statistics.median(seconds):.1f} s in the middle, {max(seconds):.1f} s at most")
    for rule, count in rules.most_common():
        print(f"  {count:>4} {rule}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
