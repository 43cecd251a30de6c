"""Names in import statements: what else they bind, and how a new name is imported there."""

from codeagent.languages.syntax import Node, enclosing
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.renaming import Subject


def binds_whole(node: Node) -> bool:
    """Tell whether an import binds just this name, and not the first of `a.b`."""
    dotted = node.parent
    return dotted is None or dotted.type != "dotted_name" or dotted.child_count == 1


def is_imported_as(subject: Subject, mention: Mention) -> bool:
    """Tell whether something else is imported under the subject's name, and gives no alias for it."""
    node, meaning = mention.node, mention.meaning
    if node is None or subject.alias or meaning.targets & subject.keys or meaning.binding not in subject.keys:
        return False
    imported = enclosing(node, "import_statement", "import_from_statement")
    return imported is not None and enclosing(node, "aliased_import") is None


def plain_name(code: Code, path: str, node: Node, new: str) -> Node | None:
    """Return what an import imports as `node`, where that is called by the new name already; else None."""
    parent = node.parent
    if parent is None or parent.type != "aliased_import" or parent.child_by_field_name("alias") != node:
        return None
    name = parent.child_by_field_name("name")
    return name if name is not None and code.text(name, path) == new else None


def brings_a_shared_name(code: Code, mention: Mention) -> bool:
    """Tell of `from a import f` whether its scope binds `f` by other means as well, as after `except ImportError`."""
    node = mention.node
    named = node.parent if node is not None else None
    parent = named.parent if named is not None and named.type == "dotted_name" else None
    if parent is None or parent.type != "import_from_statement":
        return False
    return not code.naming.file(mention.path).import_alone(mention.start)
