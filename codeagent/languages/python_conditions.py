"""Python: conditions under which a block does not run when its module is imported."""

import re
from typing import Final

_AS_SCRIPT: Final = re.compile(r"""__name__\s*==\s*(["'])__main__\1|(["'])__main__\2\s*==\s*__name__""")


def is_for_types(condition: str) -> bool:
    """Tell whether a condition is `TYPE_CHECKING`, bare or of a module: it holds for type checkers alone."""
    return condition.rpartition(".")[2] == "TYPE_CHECKING"


def is_for_scripts(condition: str) -> bool:
    """Tell whether a condition is `__name__ == "__main__"`: it holds where the file is run."""
    return _AS_SCRIPT.fullmatch(condition) is not None
