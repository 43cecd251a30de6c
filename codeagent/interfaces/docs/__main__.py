"""`python -m codeagent.interfaces.docs`: write the generated pages anew into `docs/` of a checkout."""

from codeagent.config import PACKAGE
from codeagent.interfaces.docs.pages import pages

if __name__ == "__main__":
    for name, text in pages().items():
        (PACKAGE.parent / "docs" / name).write_text(text, encoding="utf-8", newline="\n")
