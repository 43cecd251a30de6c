"""Starts the command line: `python -m codeagent` and the console script `codeagent`."""

import sys

from codeagent.interfaces.cli import run


def main() -> None:
    """Run the command line on the process's arguments and exit with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
