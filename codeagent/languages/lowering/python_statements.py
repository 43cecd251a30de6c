"""Python: assignments, control flow, imports and the other statements."""

from typing import Final

from msgspec.structs import replace
from tree_sitter import Node

from codeagent.domain.facts import (
    ANY,
    ATTR,
    CALL,
    CALLS,
    DECORATE,
    DEF,
    INSTANCE,
    NONE,
    SCRIPT_ONLY,
    TYPE_ONLY,
    Binding,
)
from codeagent.languages.lowering import python_pytest
from codeagent.languages.lowering.python_expressions import inner, named
from codeagent.languages.lowering.python_narrowing import leaves, tested, within
from codeagent.languages.lowering.python_operators import operated, truth
from codeagent.languages.lowering.python_targets import assign, iterate
from codeagent.languages.lowering.python_types import lower_type
from codeagent.languages.lowering.python_walk import Handler, Walk, decide, descend
from codeagent.languages.python_conditions import is_for_scripts, is_for_types


def assignment(walk: Walk, node: Node, scope: int) -> int:
    """`target = value`, `target: type = value`, chains of them."""
    target, *rest = walk.children(node)
    value = declared = NONE
    typed = False
    defined = _hold(walk, walk.word(target), scope) if target.type == "identifier" else NONE
    for part in rest:
        if part.type == "type":
            declared, typed = lower_type(walk, part, scope), True
        else:
            value = walk.on[part.kind_id](walk, part, scope)
    if scope == 0 and target.type == "identifier" and walk.word(target) == "__all__":
        listed = bool(rest) and rest[-1].type != "string"  # a text by itself lists its letters
        walk.exports = [*(walk.exports or ()), *_strings(walk, rest[-1])] if listed else walk.exports
    if scope == 0 and rest and target.type == "identifier" and walk.word(target) == "pytest_plugins":
        python_pytest.plug(walk, rest[-1])
    if defined != NONE and value != NONE and walk.exprs[value][0] == CALL and walk.exprs[value][2:] == ((defined,), ()):
        value = walk.expr((DECORATE, walk.exprs[value][1], defined))  # it is what a decorator does
        if not _is_certain(node):
            value = walk.expr((ANY, (value,)))  # or not: it may stay what it was
    if declared != NONE:
        instance = walk.expr((INSTANCE, declared))
        value = walk.expr((ANY, (instance, value))) if value != NONE else instance
    if typed and len(rest) == 1 and target.type == "identifier" and walk.symbols[scope].kind != _CLASS_KIND:
        walk.live.pop(walk.word(target), None)  # a bare annotation binds nothing
    assign(walk, target, value, scope)
    return value


def _hold(walk: Walk, name: str, scope: int) -> int:
    """Make a name stand for its definition alone, which is about to be bound anew: `f = wrapped(f)`."""
    symbol = walk.definitions.get((scope, name), NONE)
    if symbol == NONE or name in walk.live:
        return NONE
    fact = walk.symbols[symbol]
    walk.live[name] = (len(walk.bindings),)
    walk.bindings.append(Binding(scope, f"{name}@{fact.start}", walk.expr((DEF, symbol)), fact.name_start))
    return walk.lexical(name, scope)


def _is_certain(node: Node) -> bool:
    """Whether a statement is reached whenever the scope that it stands in runs."""
    around = node.parent
    while around is not None and around.type in ("expression_statement", "block"):
        around = around.parent
    return around is None or around.type in ("module", "function_definition", "class_definition")


_CLASS_KIND: Final = 1  # KIND["class"]


def _strings(walk: Walk, node: Node) -> list[str]:
    """Every string literal below a node, unquoted."""
    found, pending = [], [node]
    while pending:
        current = pending.pop()
        if current.type == "string_content":
            found.append(walk.word(current))
        pending.extend(reversed(current.named_children))
    return found


def augmented(walk: Walk, node: Node, scope: int) -> int:
    children = walk.children(node)
    if len(children) != 2:
        return descend(walk, node, scope)
    target, operand = children
    held = walk.on[target.kind_id](walk, target, scope)
    value = walk.on[operand.kind_id](walk, operand, scope)
    operated(walk, held, walk.chars[target.end_byte : operand.start_byte].strip(), value, node.start_byte, scope)
    if target.type == "identifier" and walk.word(target) == "__all__" and scope == 0:
        walk.exports = [*(walk.exports or ()), *_strings(walk, operand)]
    elif target.type == "identifier":
        walk.live.pop(walk.word(target), None)
        walk.bind(scope, walk.word(target), value, target.start_byte, target.end_byte)
        walk.live.pop(walk.word(target), None)
    else:
        assign(walk, target, value, scope)
    return NONE


def if_statement(walk: Walk, node: Node, scope: int) -> int:
    condition, *branches = walk.children(node)
    decide(walk, scope)
    value = walk.on[condition.kind_id](walk, condition, scope)
    truth(walk, value, condition, scope)
    states, complete = [], False
    known = tested(walk, condition, scope, holds=True)
    others: dict[str, tuple[int, ...]] = {}
    for branch in branches:
        if branch.type == "elif_clause":
            decide(walk, scope)
            others |= tested(walk, condition, scope, holds=False)
            condition, branch = walk.children(branch)[0], walk.children(branch)[-1]
            truth(walk, walk.on[condition.kind_id](walk, condition, scope), condition, scope)
            known = others | tested(walk, condition, scope, holds=True)
        elif branch.type == "else_clause":
            known = others | tested(walk, condition, scope, holds=False)
        complete = complete or branch.type == "else_clause"
        before = len(walk.imports)
        states.append(within(walk, known, branch, scope))
        if len(walk.imports) > before and branch is branches[0] and (flag := _not_loaded(walk, condition)):
            walk.imports[before:] = [replace(fact, flags=fact.flags | flag) for fact in walk.imports[before:]]
    walk.merge(states if complete else [*states, walk.live])
    if len(branches) == 1 and leaves(branches[0]):
        walk.live |= tested(walk, condition, scope, holds=False)
    return NONE


def _not_loaded(walk: Walk, condition: Node) -> int:
    """The flag of imports under `if TYPE_CHECKING` or `if __name__ == "__main__"`; 0 for any other condition."""
    if condition.type in ("identifier", "attribute"):
        return TYPE_ONLY if is_for_types(walk.word(condition)) else 0
    return SCRIPT_ONLY if is_for_scripts(walk.word(condition)) else 0


def loop(walk: Walk, node: Node, scope: int) -> int:
    """`for` and `while`: what the body binds may reach its own start, so nothing stays live."""
    decide(walk, scope)
    children = walk.children(node)
    walk.live = {}
    if node.type == "for_statement":
        target, iterable, *rest = children
        value = walk.on[iterable.kind_id](walk, iterable, scope)
        iterate(walk, target, value, iterable, scope, awaited=node.children[0].type == "async")
    else:
        condition, *rest = children
        truth(walk, walk.on[condition.kind_id](walk, condition, scope), condition, scope)
        walk.live = tested(walk, condition, scope, holds=True)
    for child in rest:
        walk.on[child.kind_id](walk, child, scope)
    walk.live = {}
    return NONE


def try_statement(walk: Walk, node: Node, scope: int) -> int:
    before = walk.live
    states = [before]
    for child in walk.children(node):
        if child.type in ("except_clause", "except_group_clause"):
            decide(walk, scope)
            walk.live = {}
            descend(walk, child, scope)
        else:
            walk.on[child.kind_id](walk, child, scope)
        states.append(walk.live)
    walk.live = {}
    return NONE


def with_item(walk: Walk, node: Node, scope: int) -> int:
    """`with manager as target`: the target is what `__enter__` returns, or the manager itself."""
    value_node = walk.children(node)[0]
    parts = walk.children(value_node) if value_node.type == "as_pattern" else [value_node]
    value = walk.on[parts[0].kind_id](walk, parts[0], scope)
    if value != NONE:
        place = parts[0].start_byte
        for name in ("__aexit__", "__aenter__") if _is_async(node) else ("__exit__", "__enter__"):
            method = walk.expr((ATTR, value, name))
            walk.references += (place, place, CALLS, scope, method)
        value = walk.expr((CALL, method, (), ()))
    for target in walk.children(parts[-1]) if len(parts) > 1 else ():
        assign(walk, target, value, scope)
    return NONE


def _is_async(node: Node) -> bool:
    """Whether an item stands in `async with`."""
    while node.type != "with_statement" and node.parent is not None:
        node = node.parent
    return node.children[0].type == "async"


def as_pattern(walk: Walk, node: Node, scope: int) -> int:
    """`except Error as error`: an instance of the class, or of one of a tuple of classes."""
    parts = walk.children(node)
    value = walk.on[parts[0].kind_id](walk, parts[0], scope)
    if value != NONE:
        value = walk.expr((INSTANCE, value))
    for target in parts[1:]:
        for name in walk.children(target) or [target]:
            assign(walk, name, value, scope)
    return NONE


def raise_statement(walk: Walk, node: Node, scope: int) -> int:
    """`raise Error` constructs it when it is a class."""
    for child in walk.children(node):
        value = walk.on[child.kind_id](walk, child, scope)
        if child.type in ("identifier", "attribute") and value != NONE:
            walk.references += (child.start_byte, child.start_byte, CALLS, scope, value)
    return NONE


def redirect(walk: Walk, node: Node, scope: int) -> int:
    """`global` and `nonlocal`: the name lives in another scope."""
    names = walk.redirected.setdefault(scope, {})
    for child in walk.children(node):
        name = walk.word(child)
        target = 0
        if node.type == "nonlocal_statement":
            target = walk.symbols[scope].parent
            while target > 0 and not any(b.scope == target and b.name == name for b in walk.bindings):
                target = walk.symbols[target].parent
            target = target or walk.symbols[scope].parent
        names[name] = target
        walk.live.pop(name, None)
        if target == 0:
            walk.globals.add(name)
    return NONE


def return_statement(walk: Walk, node: Node, scope: int) -> int:
    value = inner(walk, node, scope)
    if value != NONE and scope in walk.results and value != walk.text_literal:
        walk.results[scope].append(value)
    return NONE


def yield_expression(walk: Walk, node: Node, scope: int) -> int:
    value = inner(walk, node, scope)
    if scope in walk.yields:
        walk.generators.add(scope)
        if any(child.type == "from" for child in node.children):
            from_value = value
            value = walk.each(from_value)
        if value != NONE:
            walk.yields[scope].append(value)
    return NONE


def assertion(walk: Walk, node: Node, scope: int) -> int:
    decide(walk, scope)
    condition, *rest = walk.children(node)
    truth(walk, walk.on[condition.kind_id](walk, condition, scope), condition, scope)
    for child in rest:
        walk.on[child.kind_id](walk, child, scope)
    walk.live |= tested(walk, condition, scope, holds=True)
    return NONE


HANDLERS: Final[dict[str, Handler]] = {
    "assignment": assignment,
    "augmented_assignment": augmented,
    "if_statement": if_statement,
    "for_statement": loop,
    "while_statement": loop,
    "try_statement": try_statement,
    "with_item": with_item,
    "as_pattern": as_pattern,
    "raise_statement": raise_statement,
    "global_statement": redirect,
    "nonlocal_statement": redirect,
    "return_statement": return_statement,
    "yield": yield_expression,
    "assert_statement": assertion,
    "named_expression": named,
}
