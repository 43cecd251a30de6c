"""How the cost of indexing grows: ten times the files, and ten times the imports of one external package.

Usage: python benchmarks/growth.py [--files 3000] [--times 10] [--imports 5000]

Makes projects of its own, of files about as long and as entangled as Django's, and indexes each cold.
Memory is the largest sum over all processes (proportional shares, Linux; else the largest single process).
"""

import argparse
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

MODULE = '''"""Module {number}."""

import logging
from {near} import Store{near_number}, make_{near_number}
from {far} import Store{far_number}
from shared.base import Base, register

logger = logging.getLogger(__name__)


class Store{number}(Base):
    """Holds things."""

    limit = {number}

    def __init__(self, name, parent=None):
        super().__init__(name)
        self.parent = parent or Store{near_number}(name)
        self.items = []

    def add(self, item):
        if not self.check(item):
            raise ValueError(item)
        self.items.append(item)
        logger.info("added %s", item)
        return self.parent.add(item)

    def total_{number}(self, factor=1):
        return sum(entry.price * factor for entry in self.items) + self.parent.total_{near_number}()

    @property
    def other(self):
        return Store{far_number}(self.name)


@register
def make_{number}(name: str) -> Store{number}:
    store = Store{number}(name)
    for index in range(10):
        store.add(make_{near_number}(f"{{name}}{{index}}"))
    return store


def report_{number}(store: Store{number}):
    lines = []
    for entry in store.items:
        lines.append(entry.describe())
    total = store.total_{number}() + store.other.total_{far_number}(2)
    return "\\n".join([*lines, str(total)])
'''
BASE = '''"""What all stores share."""


class Base:
    def __init__(self, name):
        self.name = name

    def check(self, item):
        return item is not None

    def describe(self):
        return self.name


def register(function):
    return function
'''


def project(root: Path, files: int) -> None:
    """Write a project of so many modules, twenty to a package."""
    chance = random.Random(files)
    place = [f"pack{number // 20:05}.module{number:06}" for number in range(files)]
    (root / "shared").mkdir(parents=True)
    (root / "shared/base.py").write_text(BASE)
    for number in range(files):
        near, far = max(0, number - 1 - chance.randrange(20)), chance.randrange(files)
        text = MODULE.format(number=number, near=place[near], near_number=near, far=place[far], far_number=far)
        path = root / (place[number].replace(".", "/") + ".py")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text * 2)


def imports(root: Path, count: int) -> None:
    """Write a project that imports one external package so many times, ten to a file."""
    root.mkdir(parents=True)
    for number in range(count // 10):
        lines = [f"from vendor.part{part} import name{number}_{part} as n{part}\n" for part in range(10)]
        (root / f"file{number}.py").write_text("".join(lines) + "".join(f"n{part}()\n" for part in range(10)))


def measured(root: Path, cache: Path) -> tuple[float, float]:
    """Return seconds and MB of a cold `codeagent index`."""
    command = [sys.executable, "-m", "codeagent", "-q", "index", "--repo", str(root)]
    environment = {**os.environ, "CODEAGENT_CACHE_DIR": str(cache)}
    started = time.perf_counter()
    child = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    peak = 0.0
    while child.poll() is None:
        peak = max(peak, shares(child.pid))
        time.sleep(0.1)
    if child.returncode:
        raise SystemExit(f"codeagent failed: {child.returncode}")
    single = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return time.perf_counter() - started, peak or single


def shares(pid: int) -> float:
    """Return the memory of a process and those it started, in MB; 0 where the system does not tell."""
    total = 0
    for one in [pid, *children(pid)]:
        try:
            text = Path(f"/proc/{one}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0)
    return total / 1024


def children(pid: int) -> list[str]:
    """Return the processes that one has started."""
    try:
        return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []


def compare(what: str, make, small: int, large: int) -> None:
    """Print the cost of a small and a large project, and the ratio."""
    costs = []
    for size in (small, large):
        with tempfile.TemporaryDirectory() as folder:
            make(Path(folder) / "project", size)
            costs.append(measured(Path(folder) / "project", Path(folder) / "cache"))
        print(f"{size:8,} {what:28} {costs[-1][0]:8.2f} s {costs[-1][1]:8.0f} MB", flush=True)
    time_ratio, memory_ratio = (after / before for before, after in zip(*costs, strict=True))
    print(f"{'':8} {large / small:.0f} times as many {time_ratio:21.2f} × {memory_ratio:7.2f} ×")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--times", type=int, default=10)
    parser.add_argument("--imports", type=int, default=5000)
    asked = parser.parse_args()
    compare("files", project, asked.files, asked.files * asked.times)
    compare("imports of one package", imports, asked.imports, asked.imports * asked.times)


if __name__ == "__main__":
    main()
