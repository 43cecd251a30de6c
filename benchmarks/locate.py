"""How often `locate` names a changed file among its first five, on real commits, beside BM25 over files.

Usage: python benchmarks/locate.py REPO [REPO ...] [--commits 200] [--half tuning|held-out]

A case is a commit: its subject and body go in, the source files it changed should come out. Only commits
that change 1 to 5 source files (tests apart) and whose message names none of them; no merges. The index
is that of HEAD: a case counts only where every changed file still exists, so both sides see the same
files. Halves are told by the commit's hash; weights were chosen on the tuning half only.
BM25: k1 = 1.2, b = 0.75 over the plain lower-cased words of each file.
"""

import argparse
import math
import pathlib
import re
import subprocess
import sys
from collections import Counter

from codeagent.config import load_config
from codeagent.graph.update import open_graph
from codeagent.retrieval.locate import Locator

SOURCE = (".py", ".ts", ".tsx", ".js", ".vue", ".go", ".rs", ".java")
NOISE = re.compile(r"^(merge|revert|bump|release|chore|docs?|ci|build|style|typo)\b|changelog|version", re.I)
WORD = re.compile(r"[a-z0-9_]+")


def cases(root, files, limit, half):
    """(message, changed files) of the commits that qualify, newest first."""
    log = subprocess.run(
        ["git", "log", "--no-merges", "--name-only", "--format=%x01%H%x02%B%x03", "-n", str(limit * 40)],
        cwd=root, capture_output=True, text=True, errors="replace", check=True,
    ).stdout  # fmt: skip
    found = []
    for entry in log.split("\x01")[1:]:
        sha, _, rest = entry.partition("\x02")
        message, _, names = rest.partition("\x03")
        if half and (int(sha[:8], 16) % 2 == 0) != (half == "tuning"):
            continue
        changed = [name for name in names.split("\n") if name.endswith(SOURCE)]
        code = [name for name in changed if name in files and not files[name].test]
        if not 1 <= len(code) <= 5 or len(changed) > 12 or NOISE.search(message.split("\n")[0]):
            continue
        if any(name not in files for name in changed) or len(message.split()) < 4:
            continue
        lowered = message.lower()
        if any(path.lower() in lowered or pathlib.PurePosixPath(path).name.lower() in lowered for path in changed):
            continue
        found.append((message, set(code)))
        if len(found) == limit:
            break
    return found


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
        graph = open_graph(root.resolve())
        code = {path: record for path, record in graph.files.items() if path.endswith(SOURCE)}
        texts = {path: graph.read(path).decode("utf-8", "replace") for path in code}
        locator, plain = Locator(graph, load_config(root)), Bm25(texts)
        tried = cases(root, graph.files, options.commits, options.half)
        ours = theirs = 0
        for message, wanted in tried:
            mine = [one.path for one in locator.rank(message, 5)]
            ours += bool(wanted & set(mine))
            theirs += bool(wanted & set(plain.rank(message, 5)))
            if options.show and not wanted & set(mine):
                options.show -= 1
                print(message.strip()[:300].replace("\n", " | "), "\n   want", sorted(wanted), "\n   have", mine)
        sums.update(cases=len(tried), ours=ours, theirs=theirs)
        share = 100 / max(len(tried), 1)
        print(f"{root.name}: {len(tried)} commits, locate {ours * share:.1f} %, BM25 {theirs * share:.1f} %", flush=True)
    share = 100 / max(sums["cases"], 1)
    print(f"all: {sums['cases']} commits, locate {sums['ours'] * share:.1f} %, BM25 {sums['theirs'] * share:.1f} %")


if __name__ == "__main__":
    sys.exit(main())
