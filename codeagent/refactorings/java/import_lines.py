"""Java: statements that import one type, and how they go."""

from collections.abc import Collection, Iterator

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node


def plain_import(package: Node) -> Node | None:
    """Return the statement `import package.Type;` around the name of its package; None for any other."""
    name = package.parent
    statement = name.parent if name is not None else None
    if statement is None or statement.type != "import_declaration" or len(statement.children) != 3:
        return None  # `static` and `*` are children of their own
    return statement


def without_imports(path: str, root: Node, source: bytes, gone: Collection[Node]) -> Iterator[Edit]:
    """Yield the edits that take statements out: with the line ends before them, or after them where they come first."""
    places = {one.start_byte for one in gone}
    lines = [one for one in root.named_children if one.type in ("package_declaration", "import_declaration")]
    first = any(one.type == "import_declaration" and one.start_byte not in places for one in lines)
    for index, line in enumerate(lines):
        if line.start_byte not in places:
            first = first and line.type != "import_declaration"
            continue
        start, end = line.start_byte, line.end_byte
        if first and index + 1 < len(lines):
            end = lines[index + 1].start_byte
        elif not first and index > 0:
            start = lines[index - 1].end_byte
        alone = source[start:end].strip() == source[line.start_byte : line.end_byte]  # no comment goes with it
        yield Edit(path, start if alone else line.start_byte, end if alone else line.end_byte, b"")
