"""How long `codeagent` alone takes until its prompt stands in a terminal, in a repository that is indexed already.

Usage: python benchmarks/session_ready.py REPO [--rounds 9]

Each round starts a process in a pseudo terminal and waits for the prompt; beside it stands what an empty Python takes
there. Processor seconds are those of the process until then; on an idle machine the wait is hardly longer."""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

import pexpect


def main() -> None:
    """Start sessions, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("repo", type=Path)
    parser.add_argument("--rounds", type=int, default=9)
    chosen = parser.parse_args()
    session, empty = ["-m", "codeagent"], ["-c", "input('codeagent>')"]
    shown(chosen.repo, session)  # warm
    print("| until the prompt | median | fastest | slowest | processor |\n|---|---|---|---|---|")
    for name, arguments in (("codeagent", session), ("an empty Python", empty)):
        taken = [shown(chosen.repo, arguments) for _ in range(chosen.rounds)]
        waits = [wait for wait, _ in taken]
        figures = (statistics.median(waits), min(waits), max(waits), statistics.median(own for _, own in taken))
        print(f"| {name} | " + " | ".join(f"{figure:.2f} s" for figure in figures) + " |")


def shown(repo: Path, arguments: list[str]) -> tuple[float, float]:
    """Seconds until the prompt is shown, and processor seconds until then."""
    began = time.perf_counter()
    environment = {**os.environ, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1"}
    child = pexpect.spawn(sys.executable, arguments, cwd=str(repo), env=environment, timeout=120, dimensions=(40, 120))
    child.expect("codeagent>")
    wait, own = time.perf_counter() - began, own_seconds(child.pid)
    child.sendeof()
    child.expect(pexpect.EOF)
    child.close()
    return wait, own


def own_seconds(pid: int) -> float:
    """Processor seconds of a process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
