"""Prints the lock file of development and CI from pip's resolution report on stdin, one `name==version` a line."""

import json
import re
import sys

HEADER = """\
# Versions that development and CI use; written by `make lock`, for every extra. Users are not bound by it.
"""


def main() -> None:
    """Read the report, leave out codeagent itself, print the rest in order."""
    chosen = {
        re.sub(r"[-_.]+", "-", item["metadata"]["name"]).lower(): item["metadata"]["version"]
        for item in json.load(sys.stdin)["install"]
    }
    chosen.pop("codeagent")
    sys.stdout.write(HEADER + "".join(f"{name}=={chosen[name]}\n" for name in sorted(chosen)))


if __name__ == "__main__":
    main()
