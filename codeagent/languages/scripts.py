"""JavaScript: files that are no modules, whose top-level names everybody sees."""

from typing import Final

SCRIPT: Final = "<script>"  # the package of such files
