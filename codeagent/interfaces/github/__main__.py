"""`python -m codeagent.interfaces.github`: what action.yml runs."""

import sys

from codeagent.interfaces.github.action import main

if __name__ == "__main__":
    sys.exit(main())
