"""Seeded wrong refactorings seen by a review: how many does it flag, and does it ever call one explained?

    python benchmarks/review_seeded.py REPOSITORY... [--each N] [--plain]

The slips of `seeded_refactorings.py`, reviewed with `--refactor` (the change says that it only refactors), or with
--plain without. Flagged: a new error or warning. No slip may be explained whole by proven refactorings."""

import argparse
import random
import sys
from collections import Counter, defaultdict
from pathlib import Path

from seeded_refactorings import SLIPS, Contents, modules, stale_references

from codeagent.config import load_config
from codeagent.domain.finding import Severity
from codeagent.graph.update import open_graph
from codeagent.quality.gates.change import Claims
from codeagent.quality.gates.comparing import proposed
from codeagent.refactorings.code import Code
from codeagent.workflows.gate import Request
from codeagent.workflows.review import Asked, review_of


def main() -> int:
    """Seed, review, count."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repositories", nargs="+", type=Path)
    parser.add_argument("--each", type=int, default=2, help="wrong ones of each kind and repository")
    parser.add_argument("--plain", action="store_true", help="the change does not say what it is")
    options = parser.parse_args()
    total, hits, explained = Counter[str](), Counter[str](), 0
    claims = Claims(refactor=not options.plain, tests="none")
    for folder in options.repositories:
        root = folder.resolve()
        config = load_config(root)
        graph = open_graph(root, None, None, config)
        chance, known = random.Random(11), modules(graph)
        wrong: dict[str, list[Contents]] = defaultdict(list)
        for kind, slip in SLIPS.items():
            possible = [after for module in known.values() for after in slip(module, known)]
            wrong[kind] = chance.sample(possible, min(options.each, len(possible)))
        wrong["stale reference"] = list(stale_references(Code(graph), chance, options.each))
        for kind, seeds in wrong.items():
            for after in seeds:
                change = proposed(root, config, claims, after, graph=graph)
                told = review_of(change, Asked(Request(claims=claims)), config)
                total[kind] += 1
                hits[kind] += any(one.severity is not Severity.INFO for one in told.findings)
                if told.explained.of_lines and told.explained.lines == told.explained.of_lines:
                    explained += 1
                    print("EXPLAINED", kind, root.name, sorted(after), told.explained.refactorings, flush=True)
    for kind in sorted(total):
        print(f"{kind:26} {hits[kind]:>4} of {total[kind]}")
    print(f"{'all':26} {hits.total():>4} of {total.total()}: {100 * hits.total() / max(1, total.total()):.1f} %")
    print(f"explained whole, though wrong: {explained}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
