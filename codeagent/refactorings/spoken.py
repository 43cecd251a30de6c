"""Words in text by which something may go at run time, although no reference can be proven."""

import re
from collections.abc import Iterable
from posixpath import basename, dirname, splitext
from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.enum_members import asked_for
from codeagent.refactorings.enum_texts import member_as_text
from codeagent.refactorings.family import owner_of
from codeagent.refactorings.python.decorators import decorators, keeper
from codeagent.refactorings.python.leftovers import callee_end
from codeagent.refactorings.python.one_test import in_another_test
from codeagent.refactorings.python.ownname import loader_of, says_its_name
from codeagent.refactorings.python.strings import whole_string
from codeagent.refactorings.shown_names import (
    file_pairs,
    is_compared,
    is_quoted,
    named_at_run_time,
    said_in_error,
    says_file,
    shows_itself,
    told_as_field,
)
from codeagent.refactorings.string_code import calls_it, is_prose, string_of, symbol_of, text_in

_PROSE: Final = frozenset((".md", ".rst", ".txt", ".po", ".adoc", ".org", ".tex", ""))  # files for people
_FILE_END: Final = re.compile(rb"\.(?:html?|txt|xml|json|ya?ml|toml|ini|cfg|csv|md|rst|js|css|svg|png|jpe?g|gif|py)\b")
_NEAR: Final = 300  # bytes in which an expression of a template begins
_ADDRESSED: Final = re.compile(r"""[\w.]+\(\s*[rRbBuU]*["']/""")
_QUOTED: Final = re.compile(rb"""["']([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)["':]""")


def gone_by(code: Code, keys: frozenset[str], mention: Mention, *, moved: bool = False) -> str:
    """Return why a word in text may be what something goes by; "" where it is mere text. What is `moved` keeps its
    name, and only who says its module as well looks for it there."""
    if in_another_test(code, keys, mention.path, mention.start):
        return ""
    string = string_of(code, mention)
    paths = [key for key in keys if "::" not in key]
    if string is not None and (why := _says_file(code, paths, string, mention, moved=moved)):
        return why
    said = string is not None and said_in_error(code, keys, string, mention)
    if said and (not moved or _says_module(code, keys, mention)):
        return "an error may name it so"
    symbols = [key for key in keys if "::" in key]
    if why := asked_for(code, symbols, mention.node, mention.start, mention.end) or _templated(code, symbols, mention):
        return why
    if not symbols or (string is None and not _is_data(mention)):
        return ""
    if string is not None and not moved and (why := _told_at_run_time(code, symbols, string, mention)):
        return why
    if string is not None and not moved and (why := member_as_text(code, symbols, string, mention)):
        return why
    if string is not None and calls_it(code, symbols, mention):
        return "code in a string may use it"
    told = string is not None and is_quoted(code, mention) and is_compared(code, string, mention.path)
    if string is not None and not told and not _spells_name(code, string, mention):
        return ""
    marks = code.kept(("keepers", keys), lambda: sorted(filter(None, (_mark(code, key) for key in symbols))))
    address = string is not None and _is_address(code, string, mention)
    elsewhere = (address and _have_addresses(code, symbols)) or (moved and not _says_module(code, symbols, mention))
    elsewhere = elsewhere or (string is not None and not moved and not _may_know(code, symbols, mention.path))
    if marks and not elsewhere:
        return f"@{marks[0]} may go by that name"
    if address:
        return ""
    homes = {key.partition("::")[0] for key in symbols}
    own = {key for key in symbols if "." not in key.partition("::")[2]}
    if string is not None and own and mention.path in homes and _is_listed(string, mention):
        return "in a list of names of its module"
    held = {key.partition("::")[0] for key in symbols if key in own or _names_class(code, key, mention.path)}
    attribute = string is not None and "/" not in text_in(code, string, mention)  # which no path of a file is
    if attribute and held & _named_modules(code, mention.path):
        return "may be looked up in its module, which is named there"
    if string is not None and own and whole_string(string, mention.start, mention.end):
        loader = next(filter(None, (loader_of(code, home) for home in sorted(homes))), "")
        if loader and (mention.path == loader or _is_given_to(code, string, mention.path, loader)):
            return f"{loader} may load its module, and look up that name"
    return ""


def _told_at_run_time(code: Code, symbols: list[str], string: Node, mention: Mention) -> str:
    """Why a string may go by a name that something asks for at run time, or shows."""
    if not _has_class_of_its_own(code, symbols, mention):
        if _is_shown(code, symbols, mention):
            return "a value of that class may be shown so"
        if why := named_at_run_time(code, symbols, string, mention):
            return why
    return "it may be a field, by its name" if told_as_field(code, symbols, string, mention) else ""


def _may_know(code: Code, keys: Iterable[str], path: str) -> bool:
    """Whether code of a file may look for what one of the files of the keys has: not where nothing imports that, as of
    a script, and the file does not name it."""
    homes = _files(keys)
    if path in homes or homes & _named_modules(code, path):
        return True
    imported = code.kept("imported files", lambda: {target for _, target in file_pairs(code)})
    return any(home in imported or home.endswith("conftest.py") or loader_of(code, home) for home in homes)


def _says_file(code: Code, paths: list[str], string: Node, mention: Mention, *, moved: bool) -> str:
    """Why a string may say one of some files, or its module; "" where it does not."""
    if any(_ends_path(code, path, string, mention.path) for path in paths):
        return "the name of its file as text"
    if not moved and mention.path in paths and says_file(code, string, mention.path):
        return "it is compared, and may be the name of its file"
    below = any(_is_below(code, path, mention) for path in paths)
    told = "it is compared, and says its module by a dotted path"
    return told if below and is_compared(code, string, mention.path) else ""


def _is_below(code: Code, path: str, mention: Mention) -> bool:
    """Whether the name of its package stands before the name of a module of Python: `shop.cart`."""
    package = basename(dirname(path))
    before = code.read(mention.path)[: mention.start].decode("utf-8", "surrogateescape")
    return bool(package) and path.endswith(".py") and re.search(rf"\b{re.escape(package)}\.\Z", before) is not None


def _says_module(code: Code, keys: Iterable[str], mention: Mention) -> bool:
    """Whether the name of its module stands before a word: `shop.total`."""
    stems = {basename(dirname(path) if basename(path) == "__init__.py" else path) for path in _files(keys)}
    before = code.read(mention.path)[: mention.start].decode("utf-8", "surrogateescape")
    return any(before.endswith(f"{splitext(stem)[0]}{mark}") for stem in stems for mark in ".:")


def _names_class(code: Code, key: str, path: str) -> bool:
    """Whether a file names the class of a member in text as well: `"shop.Cart"`, `"Cart.total"`."""
    owner = key.partition("::")[2].rpartition(".")[0].rpartition(".")[2]
    if owner_of(code.naming.flow, key) is None:
        return False
    told: bool = code.kept(("names class", owner, path), lambda: _says_class(code.read(path), owner.encode()))
    return told


def _says_class(source: bytes, owner: bytes) -> bool:
    """Whether the name of a class stands in quotes, or before or behind a dot."""
    return owner in source and re.search(rb"""["'.:]%b["'.]""" % re.escape(owner), source) is not None


def _files(keys: Iterable[str]) -> set[str]:
    return {key.partition("::")[0] for key in keys}


def _spells_name(code: Code, string: Node, mention: Mention) -> bool:
    """Whether something may be looked up by a string with a word in it: a name, dotted or not, an address, code, a
    template; and not a sentence or the name of a file."""
    text = text_in(code, string, mention)
    after = code.read(mention.path)[mention.end : string.end_byte]
    if any(mark in text for mark in ("{{", "{%", "/")):
        return True
    return not (is_prose(text) or (not re.search(r"\s", text) and _FILE_END.match(after)))


def _is_address(code: Code, string: Node, mention: Mention) -> bool:
    """Whether a string is a path of an address, as of a web page: `/total`."""
    return text_in(code, string, mention).startswith("/")


def _have_addresses(code: Code, keys: Iterable[str]) -> bool:
    """Whether the decorators of all functions are told an address, which need not be made of the name then."""
    symbols = [symbol_of(code, key, ("function", "method")) for key in keys]
    return all(one is None or any(_ADDRESSED.match(mark) for mark in decorators(code, one)) for one in symbols)


def _is_given_to(code: Code, string: Node, path: str, file: str) -> bool:
    """Whether a string is an argument of a call of something that a file defines."""
    call = string.parent.parent if string.parent is not None and string.parent.type == "argument_list" else None
    callee = callee_end(call) if call is not None else None
    told = code.naming.file(path).meaning(callee.start_byte, callee.end_byte) if callee is not None else None
    return told is not None and any(target.startswith(f"{file}::") for target in told.targets)


def _has_class_of_its_own(code: Code, keys: list[str], mention: Mention) -> bool:
    """Whether another file has, or imports, a class of its own by that name, which its text speaks of then."""
    name = code.read(mention.path)[mention.start : mention.end].decode("utf-8", "surrogateescape")
    elsewhere = all(key.partition("::")[0] != mention.path for key in keys)
    if not elsewhere or mention.path not in code.graph.files:
        return False
    names = code.naming.file(mention.path)
    if names.scope_of(0, name) is not None:
        return names.bare(0, name).targets.isdisjoint(keys)
    return any(one.name == name and one.kind == "class" for one in code.graph.symbols(mention.path))


def _is_shown(code: Code, keys: list[str], mention: Mention) -> bool:
    """Whether text has the form in which values of a class are shown: `Cart(` or `<Cart `."""
    source = code.read(mention.path)
    form = source[mention.end : mention.end + 1] == b"(" or source[max(0, mention.start - 1) : mention.start] == b"<"
    return form and any(symbol_of(code, key, ("class", "enum")) and not shows_itself(code, key) for key in keys)


def _is_listed(string: Node, mention: Mention) -> bool:
    """Whether a string holds just the word, in a list that a statement of the module itself binds."""
    above = string.parent
    if above is None or string.end_byte - string.start_byte > mention.end - mention.start + 3:
        return False
    while above is not None and above.type in ("list", "tuple", "set", "binary_operator", "parenthesized_expression"):
        above = above.parent
    statement = above.parent if above is not None and above.type in ("assignment", "augmented_assignment") else None
    left = above.child_by_field_name("left") if above is not None else None
    if left is None or left.text == b"__all__":  # which is followed as code is
        return False
    listed = string.parent is not None and string.parent.type in ("list", "tuple", "set")
    return listed and statement is not None and statement.parent is not None and statement.parent.type == "module"


def _is_data(mention: Mention) -> bool:
    """Whether a mention stands in a file that is read by programs: a template, settings, data."""
    return mention.node is None and splitext(mention.path)[1] not in _PROSE


def _templated(code: Code, symbols: list[str], mention: Mention) -> str:
    """Why a word that is read from something in an expression of a template is a member: `{{ cart.total }}`."""
    if mention.node is not None or splitext(mention.path)[1] in (".md", ".rst"):
        return ""
    before = code.graph.tree.read(mention.path)[max(0, mention.start - _NEAR) : mention.start]
    opened = max(before.rfind(b"{{"), before.rfind(b"{%"))
    within = before.endswith(b".") and opened > max(before.rfind(b"}}"), before.rfind(b"%}"))
    members = within and any(owner_of(code.naming.flow, key) for key in symbols)
    return "a template may ask an object for it" if members else ""


def _ends_path(code: Code, path: str, string: Node, at: str) -> bool:
    """Whether a string may be the path of a file; its name alone only where no other file has it, or near it."""
    text = code.text(string, at).strip("\"'`rbfu")
    if not text.endswith(basename(path)) or not f"/{path}".endswith(f"/{text}"):
        return False
    alike = sum(basename(one) == text for one in code.graph.paths) if text == basename(path) else 1
    return alike == 1 or f"{dirname(path)}/".startswith(f"{dirname(at)}/" if dirname(at) else "")


def _mark(code: Code, key: str) -> str:
    """The decorator that keeps a function."""
    symbol = symbol_of(code, key, ("function", "method"))
    return keeper(code, symbol) if symbol is not None else ""


def _named_modules(code: Code, path: str) -> frozenset[str]:
    """The modules of the tree that a file names: by whole strings, or with a class, and itself by `__name__`."""
    found: frozenset[str] = code.kept(("named modules", path), lambda: _modules_in(code, path))
    return found


def _modules_in(code: Code, path: str) -> frozenset[str]:
    world = code.naming.flow.world
    view = world.view(path)
    specs = {match.decode() for match in _QUOTED.findall(code.read(path))}
    own = frozenset({path} if says_its_name(code, path, ("__name__", "__file__")) else ())
    heads = [spec.rpartition(".") for spec in specs if "." in spec]
    holding = {(place.path, last) for head, _, last in heads for place in world.find(view, head)}
    classes = {path for path, last in holding if symbol_of(code, f"{path}::{last}", ("class",)) is not None}
    return own | classes | frozenset(place.path for spec in specs for place in world.find(view, spec))
