"""Starts the command line: `python -m codeagent` and the console script `codeagent`."""

import os
import sys

_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
if __name__ == "__main__" and not sys.flags.safe_path and sys.path[0] != _OURS:
    del sys.path[0]  # the folder that we are started in: a `json.py` of the repository under work is not to be run

try:
    from codeagent.interfaces.cli import run  # only now, for that reason
except KeyboardInterrupt:  # whoever changes their mind at once sees no trace of it
    sys.exit(130)


def main() -> None:
    """Run the command line on the process's arguments and exit with its code."""
    sys.exit(run(sys.argv[1:]))


if __name__ == "__main__":
    main()
