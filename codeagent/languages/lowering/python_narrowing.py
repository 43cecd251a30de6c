"""Python: what a test of its class says of a name, where the test holds and where it does not."""

from collections.abc import Iterator

from tree_sitter import Node

from codeagent.domain.facts import ANY, NARROW, NONE, Binding
from codeagent.languages.lowering.python_operators import sign_of
from codeagent.languages.lowering.python_walk import Walk

Known = dict[str, tuple[int, ...]]  # names to the bindings that say what they are now
_LEAVES = frozenset({"return_statement", "raise_statement", "continue_statement", "break_statement"})


def tested(walk: Walk, condition: Node, scope: int, *, holds: bool) -> Known:
    """What the names in a condition are where it holds, or where it does not: `isinstance(name, Class)`."""
    known: Known = {}
    before = walk.live
    for name, kind, positive in _tests(walk, condition, holds):
        bound = walk.word(name)
        if bound not in walk.bound[scope] or bound in walk.redirected.get(scope, ()) or _is_renamed(walk, bound):
            continue
        value = _narrowed(walk, name, kind, scope, positive)
        if value != NONE:
            known[bound] = (len(walk.bindings),)
            walk.live = walk.live | known  # of several tests of a name each goes on from the one before
            walk.bindings.append(Binding(scope, f"{bound}@{name.start_byte}", value, NONE))
    walk.live = before
    return known


def within(walk: Walk, known: Known, node: Node, scope: int) -> Known:
    """Walk a branch in which names are known to be of a class; give the state at its end, where that is over."""
    before = walk.live
    walk.live = before | known
    after = walk.isolated(node, scope)
    walk.live = before
    forget(after, known, before)
    return after


def forget(state: Known, known: Known, before: Known) -> None:
    """Undo what tests said of names that nothing has bound since."""
    for name, bindings in known.items():
        if state.get(name) == bindings:
            del state[name]
            if name in before:
                state[name] = before[name]


def leaves(branch: Node) -> bool:
    """Whether what is behind a branch is only reached around it."""
    last = branch.named_children[-1] if branch.type == "block" and branch.named_children else branch
    return last.type in _LEAVES


def rename_tested(walk: Walk, condition: Node, scope: int) -> None:
    """Inside a comprehension: its variable is what its `if` says from there on."""
    for name, kind, positive in _tests(walk, condition, True):
        bound = walk.word(name)
        if bound not in walk.renamed[-1]:
            continue
        value = _narrowed(walk, name, kind, scope, positive)
        if value != NONE:
            walk.renamed[-1][bound] = f"{bound}@{name.start_byte}"
            walk.bindings.append(Binding(scope, f"{bound}@{name.start_byte}", value, NONE))


def narrowed(walk: Walk, subject: Node, kind: int, scope: int) -> Known:
    """What a name is where it is known to be of a class: in a `case Class():`."""
    bound = walk.word(subject) if subject.type == "identifier" else ""
    if kind == NONE or bound not in walk.bound[scope] or bound in walk.redirected.get(scope, ()):
        return {}
    value = walk.expr((NARROW, walk.lexical(bound, scope), kind, True))
    walk.bindings.append(Binding(scope, f"{bound}@{subject.start_byte}", value, NONE))
    return {bound: (len(walk.bindings) - 1,)}


def _is_renamed(walk: Walk, name: str) -> bool:
    return any(name in names for names in walk.renamed)


def _tests(walk: Walk, node: Node, holds: bool) -> Iterator[tuple[Node, Node, bool]]:
    """Yield the tests of a condition that are known to come out: a name, the class, and whether it is one."""
    while node.type in ("parenthesized_expression", "not_operator"):
        holds = holds != (node.type == "not_operator")
        inner = walk.children(node)
        if len(inner) != 1:
            return
        node = inner[0]
    if node.type == "boolean_operator":
        if (sign_of(node) == "and") == holds:
            for part in walk.children(node):
                yield from _tests(walk, part, holds)
    elif node.type == "call" and walk.chars.startswith("isinstance(", node.start_byte):
        parts = walk.children(walk.children(node)[-1])
        if len(parts) == 2 and parts[0].type == "identifier":
            yield parts[0], parts[1], holds


def _narrowed(walk: Walk, name: Node, kind: Node, scope: int, positive: bool) -> int:
    before = len(walk.references)
    types = [_type(walk, one, scope) for one in (walk.children(kind) if kind.type == "tuple" else [kind])]
    del walk.references[before:]  # the condition itself has been walked
    if not types or NONE in types:
        return NONE
    tested_for = types[0] if len(types) == 1 else walk.expr((ANY, tuple(types)))
    return walk.expr((NARROW, walk.lexical(walk.word(name), scope), tested_for, positive))


def _type(walk: Walk, node: Node, scope: int) -> int:
    return walk.on[node.kind_id](walk, node, scope) if node.type in ("identifier", "attribute") else NONE
