"""How often `locate` names a changed file among its first five, on real commits, beside BM25 over files.

Usage: python benchmarks/locate.py REPO [REPO ...] [--commits 200] [--half tuning|held-out] [--show N]

A case is a commit: its message goes in, without trailers, links and issue numbers; the source files that it
changed should come out. Taken are the newest commits, no merges, that change 1 to 5 source files (tests, docs,
examples and build scripts apart) and at most 12 files in all, say at least four different words beyond stop
words, name none of the changed files, and are no releases, dependency bumps, lint or typo commits by their
subject; of equal subjects the newest. The same rule holds for every repository. A file counts under the name it
has now, by git's renames; a commit with a file that is gone is left out.

Both sides see the files of HEAD and the same contents. `locate` also draws on past commits: for each case only
on those that git lists after it (`--date-order`: none of them builds on it), and never on one with the same
subject, as a backport has. Halves are told by the commit's hash; weights were chosen on the tuning half alone.
BM25: k1 = 1.2, b = 0.75 over the plain lower-cased words of each source file, over all of them and, second, over
those that are no tests.
"""

import argparse
import math
import pathlib
import re
import subprocess
import sys
import time
from collections import Counter

from codeagent.config import load_config
from codeagent.graph.update import open_graph
from codeagent.retrieval.locate import Locator
from codeagent.retrieval.words import words

SOURCE = (".py", ".ts", ".tsx", ".js", ".jsx", ".vue", ".go", ".rs", ".java")
NOISE = re.compile(
    r"^(merge|revert|bump|release|chore|docs?|ci|build|style|lint|format)\b"
    r"|changelog|version|\btypos?\b|pre-commit|\blint|\bv?\d+\.\d+\.\d+\b",
    re.IGNORECASE,
)
TRAILER = re.compile(
    r"^(co-authored-by|signed-off-by|reviewed-by|acked-by|cc|change-id):.*$|https?://\S+|\(?#\d+\)?",
    re.IGNORECASE | re.MULTILINE,
)
ASIDE = re.compile(
    r"(^|/)(docs?|examples?|scripts?|\.github)/|(^|/)(setup|conf|conftest|tasks|noxfile|fabfile)\.py$"
    r"|\.config\.[jt]s$|(^|/)rollup"
)
WORD = re.compile(r"[a-z0-9_]+")


def commits(root):
    """(id, message) of every commit that is no merge, newest first."""
    log = subprocess.run(
        ["git", "log", "--no-merges", "--date-order", "--format=%x01%H%x02%B"],
        cwd=root, capture_output=True, text=True, errors="replace", check=True,
    ).stdout  # fmt: skip
    for entry in log.split("\x01")[1:]:
        sha, _, message = entry.partition("\x02")
        yield sha.strip(), TRAILER.sub("", message).strip()


def cases(root, files, past, limit, half):
    """(message, changed files, number of the commit, numbers of commits with its subject), newest first."""
    numbers = {past.commit(number): number for number in range(len(past))}
    alike, told = {}, []
    for sha, message in commits(root):
        subject = message.split("\n")[0]
        if sha[:40] in numbers:
            number = numbers[sha[:40]]
            alike.setdefault(subject, set()).add(number)
            told.append((sha, message, subject, number))
    found, seen = [], set()
    for sha, message, subject, number in told:
        ours = half is None or (int(sha[:8], 16) % 2 == 0) == (half == "tuning")
        wanted = changed(files, [past.paths[file] for file in past.files(number)], message) if ours else set()
        if wanted and subject not in seen and not NOISE.search(subject):
            seen.add(subject)
            found.append((message, wanted, number, frozenset(alike[subject])))
            if len(found) == limit:
                break
    return found


def changed(files, touched, message):
    """The source files of a commit, empty where it is no case."""
    code = [path for path in touched if path.endswith(SOURCE) and not ASIDE.search(path)]
    wanted = {path for path in code if path in files and not files[path].test}
    lowered = message.lower()
    if any(path not in files for path in code) or len(touched) > 12 or not 1 <= len(wanted) <= 5:
        return set()
    if any(path.lower() in lowered or pathlib.PurePosixPath(path).name.lower() in lowered for path in touched):
        return set()
    return wanted if len(set(words(message))) >= 4 else set()


class Bm25:
    """The standard ranking over whole files."""

    def __init__(self, texts):
        self.bags = {path: Counter(WORD.findall(text.lower())) for path, text in texts.items()}
        self.lengths = {path: sum(bag.values()) for path, bag in self.bags.items()}
        self.average = sum(self.lengths.values()) / max(len(self.lengths), 1)
        self.documents = Counter(word for bag in self.bags.values() for word in bag)

    def rank(self, text, limit):
        """The best files."""
        total, scores = len(self.bags), Counter()
        for word in set(WORD.findall(text.lower())):
            n = self.documents.get(word, 0)
            if not n:
                continue
            weight = math.log(1 + (total - n + 0.5) / (n + 0.5))
            for path, bag in self.bags.items():
                if word in bag:
                    norm = 1.2 * (1 - 0.75 + 0.75 * self.lengths[path] / self.average)
                    scores[path] += weight * bag[word] * 2.2 / (bag[word] + norm)
        return [path for path, _ in sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]]


def measure(root, options):
    """Hits of one repository: among the first five by each side, and as the very first."""
    graph = open_graph(root.resolve())
    texts = {path: graph.read(path).decode("utf-8", "replace") for path in graph.files if path.endswith(SOURCE)}
    locator, plain = Locator(graph, load_config(root)), Bm25(texts)
    source = Bm25({path: text for path, text in texts.items() if not graph.files[path].test})
    hits = Counter()
    for message, wanted, number, ignored in cases(root, graph.files, locator.past, options.commits, options.half):
        mine = [one.path for one in locator.rank(message, 5, before=number, ignored=ignored)]
        bare = [one.path for one in locator.rank(message, 5, before=0)]
        hits["cases"] += 1
        hits["locate first"] += bool(wanted & set(mine[:1]))
        hits["BM25 first"] += bool(wanted & set(plain.rank(message, 1)))
        hits["locate"] += bool(wanted & set(mine))
        hits["locate without history"] += bool(wanted & set(bare))
        hits["BM25"] += bool(wanted & set(plain.rank(message, 5)))
        hits["BM25 without tests"] += bool(wanted & set(source.rank(message, 5)))
        if options.show and not wanted & set(mine):
            options.show -= 1
            print(message[:300].replace("\n", " | "), "\n   want", sorted(wanted), "\n   have", mine)
    return hits


def told(name, hits):
    """One row of the table."""
    sides = ("locate", "BM25", "BM25 without tests", "locate without history", "locate first", "BM25 first")
    shares = ", ".join(f"{side} {100 * hits[side] / max(hits['cases'], 1):.1f} %" for side in sides)
    return f"{name}: {hits['cases']} commits, {shares}"


def main():
    """Print hits among the first five, a repository a line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("roots", nargs="+", type=pathlib.Path)
    parser.add_argument("--commits", type=int, default=200)
    parser.add_argument("--half", choices=("tuning", "held-out"))
    parser.add_argument("--show", type=int, default=0)
    options = parser.parse_args()
    sums = Counter()
    for root in options.roots:
        start = time.perf_counter()
        hits = measure(root, options)
        sums.update(hits)
        print(told(root.name, hits), f"({time.perf_counter() - start:.0f} s)", flush=True)
    print(told("all", sums))


if __name__ == "__main__":
    sys.exit(main())
