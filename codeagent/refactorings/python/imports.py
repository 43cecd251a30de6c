"""The import statements of a Python file as values, and the names of modules, absolute and relative."""

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from codeagent.languages.python_conditions import is_for_scripts, is_for_types
from codeagent.languages.syntax import Node, every

_STATEMENTS: Final = ("import_statement", "import_from_statement", "future_import_statement")
_DEFINITIONS: Final = ("function_definition", "class_definition", "lambda")
TYPING: Final = "typing"  # guards: where the statement stands within
SCRIPT: Final = "script"
TRY: Final = "try"
BRANCH: Final = "if"


@dataclass(frozen=True, slots=True)
class Imported:
    """One name of a statement, bytes `start` to `end` with its alias; `import a.b` names `a.b`, a star `*`."""

    name: str
    alias: str | None
    start: int
    end: int

    @property
    def text(self) -> str:
        """The name as an import statement writes it."""
        return f"{self.name} as {self.alias}" if self.alias else self.name


@dataclass(frozen=True, slots=True)
class ImportStatement:
    """`import names` (`module` is None) or `from module import names`; relative modules keep their dots.

    `guard` is TYPING in an `if TYPE_CHECKING:` block, SCRIPT in an `if __name__ == "__main__":` block, TRY in a try
    statement, BRANCH in any other block, "" at the top; `local`: in a function or class."""

    node: Node
    module: str | None
    module_start: int
    module_end: int
    names: tuple[Imported, ...]
    guard: str
    local: bool

    @property
    def start(self) -> int:
        """The first byte of the statement."""
        return self.node.start_byte

    @property
    def end(self) -> int:
        """The byte after the statement, its line ending and comment left out."""
        return self.node.end_byte

    @property
    def plain(self) -> bool:
        """Whether it always runs when the module is imported."""
        return not self.guard and not self.local

    @property
    def star(self) -> bool:
        """Whether it takes all names of its module."""
        return any(one.name == "*" for one in self.names)

    def binds(self, one: Imported) -> str:
        """Return the name that one of the names binds, "*" for a star."""
        return one.alias or (one.name if self.module is not None else one.name.partition(".")[0])


def read_imports(root: Node) -> list[ImportStatement]:
    """Return every import statement of a file, in source order."""
    return [_statement(node) for node in every(root, "python", *_STATEMENTS)]


def _statement(node: Node) -> ImportStatement:
    guard, local = surroundings(node)
    module = node.child_by_field_name("module_name")
    if node.type == "future_import_statement":
        module = next(one for one in node.children if one.type == "__future__")
    names = [_imported(one) for one in node.children_by_field_name("name")]
    names += [Imported("*", None, one.start_byte, one.end_byte) for one in node.children if one.type == _STAR]
    start, end = (module.start_byte, module.end_byte) if module is not None else (0, 0)
    text = None if module is None else "".join(_text(module).split())
    return ImportStatement(node, text, start, end, tuple(names), guard, local)


_STAR: Final = "wildcard_import"


def _imported(node: Node) -> Imported:
    name, alias = node, None
    if node.type == "aliased_import":
        name = node.child_by_field_name("name") or node
        alias = node.child_by_field_name("alias")
    dotted = "".join(_text(name).split())
    return Imported(dotted, None if alias is None else _text(alias), node.start_byte, node.end_byte)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "surrogateescape")


def surroundings(node: Node) -> tuple[str, bool]:
    """Return the guard of the block that a node stands in, and whether that is in a function or class."""
    guard, local = "", False
    for inner, outer in _ancestors(node):
        if outer.type in _DEFINITIONS:
            local = True
        elif outer.type == "try_statement":
            guard = TRY
        elif outer.type == "if_statement" and not guard:
            guard = _asked(outer) if inner == outer.child_by_field_name("consequence") else BRANCH
        elif outer.type not in ("module", "block") and not guard:
            guard = BRANCH
    return guard, local


def _ancestors(node: Node) -> Iterator[tuple[Node, Node]]:
    inner, outer = node, node.parent
    while outer is not None:
        yield inner, outer
        inner, outer = outer, outer.parent


def _asked(statement: Node) -> str:
    """The guard that an `if` statement is for what it does where its condition holds."""
    condition = statement.child_by_field_name("condition")
    if condition is not None and is_for_scripts(_text(condition)):
        return SCRIPT
    return TYPING if is_type_checking(statement) else BRANCH


def is_type_checking(statement: Node) -> bool:
    """Tell whether an `if` statement asks for `TYPE_CHECKING`, bare or of a module."""
    condition = statement.child_by_field_name("condition")
    return condition is not None and is_for_types(_text(condition))


def is_for_checkers(node: Node) -> bool:
    """Tell whether code stands in what an `if TYPE_CHECKING:` runs."""
    return any(
        outer.type == "if_statement" and is_type_checking(outer) and inner == outer.child_by_field_name("consequence")
        for inner, outer in _ancestors(node)
    )


# --- names of modules -------------------------------------------------------------------------------


def absolute(spec: str, package: str) -> str:
    """Return the dotted name that a module spec means in a package ("" for the top); unchanged where it is absolute."""
    dots = len(spec) - len(spec.lstrip("."))
    if not dots:
        return spec
    parts = package.split(".") if package else []
    kept = parts[: len(parts) - dots + 1] if dots > 1 else parts
    return ".".join([*kept, *([spec[dots:]] if spec[dots:] else [])])


def relative(module: str, package: str) -> str | None:
    """Return a dotted module as seen from a package, `..a.b`; None where they share no top-level package."""
    own, other = package.split(".") if package else [], module.split(".")
    shared = 0
    while shared < min(len(own), len(other)) and own[shared] == other[shared]:
        shared += 1
    if not shared:
        return None
    return "." * (len(own) - shared + 1) + ".".join(other[shared:])


def section(module: str, tops: frozenset[str]) -> int:
    """Return the group an import is sorted into: 0 future, 1 standard library, 2 others' code, 3 own, 4 relative.

    `tops` are the top-level names of the tree's own modules."""
    if module.startswith("."):
        return 4
    top = module.partition(".")[0]
    if top == "__future__":
        return 0
    if top in sys.stdlib_module_names:
        return 1
    return 3 if top in tops else 2


def line_for(module: str | None, name: str, alias: str | None = None) -> str:
    """Return the statement that imports one name: `from module import name as alias`, or `import name as alias`."""
    shown = f"{name} as {alias}" if alias else name
    return f"import {shown}" if module is None else f"from {module} import {shown}"
