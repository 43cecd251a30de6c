"""Python: functions, lambdas and classes."""

from typing import Final

from tree_sitter import Node

from codeagent.domain.facts import (
    ABSTRACT,
    ASYNC,
    CALLS,
    CLASS,
    CLASSMETHOD,
    CONDITIONAL,
    DECORATE,
    DECORATED,
    DEF,
    EXPORTED,
    GENERATOR,
    INHERITS,
    ITEM,
    KIND,
    NONE,
    POSITIONAL,
    PROPERTY,
    SELF,
    SETTER,
    STATIC,
    Binding,
    ClassFact,
    FunctionFact,
    Param,
)
from codeagent.languages.lowering import python_pytest
from codeagent.languages.lowering.python_calls import call_arguments
from codeagent.languages.lowering.python_parameters import lower_parameters
from codeagent.languages.lowering.python_types import is_protocol, lower_type, type_parameters
from codeagent.languages.lowering.python_walk import Handler, Walk

_CLASS: Final = KIND["class"]
_BRANCHES: Final = frozenset({"if_statement", "else_clause", "elif_clause", "try_statement", "except_clause"})
_PLAIN: Final = STATIC | CLASSMETHOD | PROPERTY | SETTER | ABSTRACT  # decorators that need no flow: flags say it
_BY_DECORATOR: Final = {
    "staticmethod": STATIC,
    "classmethod": CLASSMETHOD,
    "property": PROPERTY,
    "cached_property": PROPERTY,
    "setter": SETTER,
    "getter": PROPERTY,
    "deleter": SETTER,
    "abstractmethod": ABSTRACT,
    "abstractproperty": ABSTRACT | PROPERTY,
    "overload": ABSTRACT,
}


def decorated(walk: Walk, node: Node, scope: int) -> int:
    *decorators, definition = walk.children(node)
    values, flags = [], DECORATED
    for decorator in decorators:
        if decorator.type != "decorator":
            continue
        expression = walk.children(decorator)[0]
        value = walk.on[expression.kind_id](walk, expression, scope)
        values.append(value)
        last = walk.word(expression).partition("(")[0].rpartition(".")[2].strip()
        flags |= _BY_DECORATOR.get(last, 0)
        if value != NONE and last not in _BY_DECORATOR:
            walk.references += (expression.start_byte, expression.end_byte, CALLS, scope, value)
    define = class_definition if definition.type == "class_definition" else function_definition
    symbol = define(walk, definition, scope, tuple(values), flags, node.start_byte)
    if symbol != NONE:
        python_pytest.use(walk, definition, symbol)
    if symbol != NONE and not flags & _PLAIN:
        _decorate(walk, symbol, values, scope)
        _register(walk, symbol, decorators, scope)
    return NONE


def _register(walk: Walk, symbol: int, decorators: list[Node], scope: int) -> None:
    """`@show.register` of a function `show` that goes by the type of its first argument: one more that it may be."""
    for decorator in decorators:
        head, _, last = walk.word(decorator).removeprefix("@").partition("(")[0].strip().rpartition(".")
        if last == "register" and walk.definitions.get((scope, head), NONE) != NONE:
            name_start = walk.symbols[walk.definitions[scope, head]].name_start
            walk.bindings.append(Binding(scope, head, walk.expr((DEF, symbol)), name_start))


def _decorate(walk: Walk, symbol: int, decorators: list[int], scope: int) -> None:
    """Bind the name of a definition to what its decorators make of it, innermost first."""
    made = value = walk.expr((DEF, symbol))
    for decorator in reversed(decorators):
        if decorator != NONE:
            made = walk.expr((DECORATE, decorator, made))
    if made != value:
        fact = walk.symbols[symbol]
        walk.bindings.append(Binding(scope, fact.name, made, fact.name_start))


def function_definition(
    walk: Walk, node: Node, scope: int, decorators: tuple[int, ...] = (), flags: int = 0, start: int = -1
) -> int:
    name_node = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name_node is None or body is None:
        return NONE
    name = walk.word(name_node)
    kind = "method" if walk.symbols[scope].kind == _CLASS else "function"
    if node.children[0].type == "async":
        flags |= ASYNC
    if kind == "method" and _is_unwritten(walk, body, scope):
        flags |= ABSTRACT
    symbol = walk.open_symbol(
        name, kind, scope,
        (start if start >= 0 else node.start_byte, node.end_byte),
        (name_node.start_byte, name_node.end_byte),
        flags | _visibility(name) | _conditional(node),
    )  # fmt: skip
    outer, walk.generics = walk.generics, type_parameters(walk, node, symbol, scope)
    parameters = node.child_by_field_name("parameters")
    params = lower_parameters(walk, parameters, scope) if parameters is not None else ()
    result = node.child_by_field_name("return_type")
    returns = lower_type(walk, result, scope) if result is not None else NONE
    if kind == "method" and not flags & (STATIC | CLASSMETHOD) and params and params[0].kind == POSITIONAL:
        walk.receivers[symbol] = (params[0].name, scope, (SELF, scope))
    elif kind == "method" and flags & CLASSMETHOD and params:
        walk.receivers[symbol] = (params[0].name, scope, (CLASS, walk.expr((SELF, scope))))
    marked = python_pytest.Marked(decorators, receiver=kind == "method" and not flags & STATIC)
    params = python_pytest.ask(walk, node, symbol, params, marked)
    walk.note(scope, name)
    walk.definitions[scope, name] = symbol
    _body(walk, symbol, params, returns, decorators, body)
    walk.generics = outer
    walk.live.pop(name, None)
    return symbol


def _body(
    walk: Walk, symbol: int, params: tuple[Param, ...], returns: int, decorators: tuple[int, ...], body: Node
) -> None:
    """Walk a callable's body in a scope of its own and note what comes out of it."""
    walk.enter(symbol, walk.symbols[symbol].parent, [param.name for param in params])
    walk.annotated.update((symbol, param.name) for param in params if param.annotation != NONE)
    outer, walk.live = walk.live, {}
    renamed, walk.renamed = walk.renamed, []
    walk.results[symbol], walk.yields[symbol] = [], []
    walk.branches[symbol] = 0
    if body.type == "block":
        walk.block(body, symbol)
    else:
        walk.renamed = renamed
        value = walk.on[body.kind_id](walk, body, symbol)
        if value != NONE:
            walk.results[symbol].append(value)
    walk.live, walk.renamed = outer, renamed
    if symbol in walk.generators:
        walk.close_symbol(symbol, flags=GENERATOR)
    results, yields = tuple(dict.fromkeys(walk.results[symbol])), tuple(dict.fromkeys(walk.yields[symbol]))
    walk.functions.append(FunctionFact(symbol, params, returns, results, yields, decorators))


def lambda_expression(walk: Walk, node: Node, scope: int) -> int:
    symbol = walk.open_symbol(
        walk.next_lambda(scope), "lambda", scope, (node.start_byte, node.end_byte), (node.start_byte, node.start_byte)
    )
    children = walk.children(node)
    params = lower_parameters(walk, children[0], scope) if children[0].type == "lambda_parameters" else ()
    _body(walk, symbol, params, NONE, (), children[-1])
    return walk.expr((DEF, symbol))


def class_definition(
    walk: Walk, node: Node, scope: int, decorators: tuple[int, ...] = (), flags: int = 0, start: int = -1
) -> int:
    name_node = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name_node is None or body is None:
        return NONE
    name = walk.word(name_node)
    symbol = walk.open_symbol(
        name, "class", scope,
        (start if start >= 0 else node.start_byte, node.end_byte),
        (name_node.start_byte, name_node.end_byte),
        flags | _visibility(name) | _conditional(node),
    )  # fmt: skip
    outer_generics, walk.generics = walk.generics, type_parameters(walk, node, symbol, scope)
    bases: tuple[int, ...] = ()
    keywords: tuple[tuple[str, int], ...] = ()
    superclasses = node.child_by_field_name("superclasses")
    if superclasses is not None:
        before = len(walk.references)
        bases, keywords = call_arguments(walk, superclasses, scope)
        _mark_inherits(walk, before, bases)
        for made in (value for word, value in keywords if word == "metaclass" and value != NONE):
            walk.references += (name_node.start_byte, name_node.start_byte, CALLS, scope, made)
        bases = _generic_bases(walk, superclasses, scope, bases)
        if any(is_protocol(walk, base) for base in bases if base != NONE):
            walk.protocols.add(symbol)
    walk.enter(symbol, scope, ())
    walk.note(scope, name)
    walk.definitions[scope, name] = symbol
    outer, walk.live = walk.live, {}
    walk.block(body, symbol)
    walk.live, walk.generics = outer, outer_generics
    walk.declare_fields(symbol)
    walk.classes.append(ClassFact(symbol, tuple(base for base in bases if base != NONE), decorators, keywords))
    walk.live.pop(name, None)
    return symbol


def _generic_bases(walk: Walk, node: Node, scope: int, bases: tuple[int, ...]) -> tuple[int, ...]:
    """Bases with their type arguments: `Box[Foo]`, which is an item of `Box` to a walk over values."""
    named = [child for child in walk.children(node) if child.type not in ("keyword_argument", "dictionary_splat")]
    if len(named) != len(bases) or not any(child.type == "subscript" for child in named):
        return bases
    before, found = len(walk.references), list(bases)
    for place, child in enumerate(named):
        if child.type == "subscript" and bases[place] != NONE and walk.exprs[bases[place]][0] == ITEM:
            found[place] = lower_type(walk, child, scope)
    del walk.references[before:]  # the names in it have been read
    return tuple(found)


def _mark_inherits(walk: Walk, before: int, bases: tuple[int, ...]) -> None:
    """Turn the last read of each base into an INHERITS reference."""
    refs, exprs = walk.references, walk.exprs
    meant = {exprs[base][1] if base != NONE and exprs[base][0] == ITEM else base for base in bases}  # `Base[T]`
    for i in range(before, len(refs), 5):
        if refs[i + 4] in meant:
            refs[i + 2] = INHERITS


def _is_unwritten(walk: Walk, body: Node, owner: int) -> bool:
    """Whether a body only says that others must write it: `raise NotImplementedError`, `...` in a protocol."""
    statements = body.named_children
    if len(statements) > 3:
        return False
    for statement in statements:
        text = walk.chars[statement.start_byte : min(statement.end_byte, statement.start_byte + 40)]
        if text.startswith("raise NotImplementedError") or (text == "..." and owner in walk.protocols):
            return True
    return False


def _visibility(name: str) -> int:
    return 0 if name.startswith("_") and not name.endswith("__") else EXPORTED


def _conditional(node: Node) -> int:
    parent = node.parent
    while parent is not None and parent.type in ("block", "decorated_definition"):
        parent = parent.parent
    return CONDITIONAL if parent is not None and parent.type in _BRANCHES else 0


HANDLERS: Final[dict[str, Handler]] = {
    "decorated_definition": decorated,
    "function_definition": function_definition,
    "class_definition": class_definition,
    "lambda": lambda_expression,
}
