"""A method that goes to the class of an attribute: its new text there, and the call that is left behind."""

from codeagent.domain.code import Symbol
from codeagent.domain.patch import Edit
from codeagent.graph.naming import key_of
from codeagent.languages.syntax import Node, around, child
from codeagent.refactorings.code import Code
from codeagent.refactorings.python.baggage import Baggage, pack
from codeagent.refactorings.python.departure import Piece
from codeagent.refactorings.python.importers import Importer
from codeagent.refactorings.python.layout import indent_of, line_end, line_start, newline_of, reindented, unit_of
from codeagent.refactorings.python.module_moves import check_loading
from codeagent.refactorings.python.modules import PythonModules
from codeagent.refactorings.python.relocation import Relocation
from codeagent.refactorings.python.scopes import Scope, Scopes, parameter_names
from codeagent.refactorings.refactoring import Accounting, Named, Occurrence, Proposal, Refusal

_HOST = "host"
_FLOWS = frozenset(("yield", "await", "global_statement", "nonlocal_statement"))


class MethodMove:
    """`method` of the class `owner` goes to the class `goal` of its attribute, where it is called `name`."""

    def __init__(self, code: Code, method: Symbol, owner: Symbol, goal: Symbol, attribute: str, name: str) -> None:
        self.code, self.method, self.goal, self.attribute, self.name = code, method, goal, attribute, name
        self.modules = PythonModules(code)
        self.path, self.source = method.path, code.read(method.path)
        self.scopes: Scopes = self.modules.scopes(self.path)
        self.node = self._function()
        self.body = child(self.node, "body")
        self.parameters = [code.text(one, self.path) for one in parameter_names(self.node)]
        if not self.parameters:
            raise Refusal(f"{method.id} takes no object", "only methods with self can go to another class")
        self.receiver = self.parameters[0]
        self.scope: Scope = self.scopes.of_node[self.node.id]

    def _function(self) -> Node:
        at: Node | None = around(self.code.tree(self.path), self.method.name_span.start, self.method.name_span.end)
        while at is not None and at.type != "function_definition":
            at = at.parent
        if at is None or at.children[0].type == "async":
            raise Refusal(f"{self.method.id} is no plain method", "async methods stay where they are")
        if at.parent is not None and at.parent.type == "decorated_definition":
            raise Refusal(f"{self.method.id} has decorators", "methods with decorators stay where they are")
        return at

    def propose(self) -> Proposal:
        """Return the proposal; Refusal where the code would not do what it did."""
        self._check()
        to = Relocation(self.modules, {}, {})
        start = child(self.node, "parameters").start_byte
        piece = Piece(self.method.name, self.node, start, self.body.end_byte)
        local = self.goal.path == self.path
        baggage = Baggage() if local else pack(to, self.path, self.goal.path, [piece])
        rewrites, host = self._receiver()
        rewrites += baggage.rewrites
        if any(first < self.body.start_byte for first, _, _ in rewrites):
            raise Refusal(
                f"the parameters of {self.method.id} name what is called otherwise there", "simplify them first"
            )
        edits = [self._left(host), self._arrived(rewrites, host)]
        notes = [*baggage.notes]
        if not local:
            edits += self._imports(to, baggage)
            notes += check_loading(self.modules, edits, {})
        title = f"move {self.method.id} to {self.goal.id}.{self.name}"
        name = self.method.name_span
        return Proposal(
            self.code.patch(title, edits),
            about=(Named(self.method.name, frozenset({key_of(self.method.id)})),),
            occurrences=Accounting(edited=(Occurrence(self.path, name.start, name.end, "definition"),)),
            notes=tuple(notes),
        )

    def _check(self) -> None:
        pending = [self.body]
        while pending:
            node = pending.pop()
            if node.type in _FLOWS:
                raise Refusal(
                    f"{self.method.id} has a {node.type.partition('_')[0]}", "such a method stays where it is"
                )
            text = self.code.text(node, self.path) if node.type == "identifier" else ""
            private = text.startswith("__") and not text.endswith("__")
            if text in ("super", "__class__"):
                raise Refusal(f"{self.method.id} uses {text}, which belongs to its class", "take it out first")
            if private:
                raise Refusal(f"{self.method.id} uses the private name {text}", "rename it first")
            pending.extend(node.named_children)

    def _receiver(self) -> tuple[list[tuple[int, int, str]], bool]:
        """What becomes of the receiver: `self.attribute.x` is `self.x` there, and anything else of it `host`."""
        rewrites, host = [], False
        for use in self.scopes.between(self.body.start_byte, self.body.end_byte):
            if use.name != self.receiver or self.scopes.owner(use.name, use.scope) is not self.scope:
                continue
            if use.binds:
                raise Refusal(f"{self.method.id} assigns {self.receiver}", "such a method stays where it is")
            parent = around(self.code.tree(self.path), use.start, use.end).parent
            through = parent is not None and parent.type == "attribute"
            name = parent.child_by_field_name("attribute") if through and parent is not None else None
            written = parent.parent if parent is not None else None
            assigned = written is not None and written.child_by_field_name("left") == parent
            if (
                parent is not None
                and name is not None
                and self.code.text(name, self.path) == self.attribute
                and not assigned
            ):
                rewrites.append((parent.start_byte, parent.end_byte, self.receiver))
            else:
                host = True
                rewrites.append((use.start, use.end, _HOST))
        names = {use.name for use in self.scopes.between(self.node.start_byte, self.node.end_byte)}
        if host and _HOST in names:
            raise Refusal(f"{self.method.id} has a name {_HOST} already", "rename it first")
        return rewrites, host

    def _left(self, host: bool) -> Edit:
        """The old body: a call of the method at its new place."""
        given = [self.receiver] if host else []
        call = f"return {self.receiver}.{self.attribute}.{self.name}({', '.join([*given, *self._arguments()])})"
        first = self.body.named_children[0]
        start = first.start_byte
        if first.type == "expression_statement" and first.named_children[0].type == "string":
            documented = self.body.named_children[1:2]
            start = documented[0].start_byte if documented else self.body.end_byte
        return Edit(self.path, start, self.body.end_byte, call.encode())

    def _arguments(self) -> list[str]:
        given, named = [], False
        for one in child(self.node, "parameters").named_children:
            text = self.code.text(one, self.path)
            if one.type == "keyword_separator" or text == "*":
                named = True
                continue
            if one.type in ("positional_separator", "comment") or text == "/":
                continue
            name = self._name_of(one)
            if name == self.receiver:
                continue
            stars = len(text) - len(text.lstrip("*"))
            given.append("*" * stars + name if stars else f"{name}={name}" if named else name)
            named = named or stars == 1
        return given

    def _name_of(self, parameter: Node) -> str:
        spans = ((n.start_byte, self.code.text(n, self.path)) for n in parameter_names(self.node))
        return next(text for start, text in spans if parameter.start_byte <= start < parameter.end_byte)

    def _arrived(self, rewrites: list[tuple[int, int, str]], host: bool) -> Edit:
        path = self.goal.path
        source, root = self.code.read(path), self.code.tree(path)
        newline = newline_of(source)
        owner = around(root, self.goal.name_span.start, self.goal.name_span.end)
        while owner.type != "class_definition" and owner.parent is not None:
            owner = owner.parent
        body = child(owner, "body")
        if body.start_point[0] == owner.start_point[0]:
            raise Refusal(f"{self.goal.id} stands in one line", "give its body lines of its own")
        indent = indent_of(source, body.named_children[0].start_byte)
        text = self._text(rewrites, host, indent, unit_of(root, source), newline)
        last = [one for one in body.named_children if one.type != "comment"][-1]
        if last.type == "pass_statement" and len(body.named_children) == 1:
            start = line_start(source, last.start_byte)
            return Edit(path, start, line_end(source, last.end_byte), newline + text)
        at = line_end(source, last.end_byte)
        return Edit(path, at, at, newline * 2 + text)

    def _text(
        self, rewrites: list[tuple[int, int, str]], host: bool, indent: bytes, unit: bytes, newline: bytes
    ) -> bytes:
        """The method as the other class has it, in its indentation and line ending."""
        source, parameters = self.source, child(self.node, "parameters")
        start, end = self.body.start_byte, self.body.end_byte
        head = source[parameters.start_byte : self.body.start_byte].rstrip()
        if host:
            receiver = parameter_names(self.node)[0]
            cut = receiver.end_byte - parameters.start_byte
            head = head[:cut] + f", {_HOST}".encode() + head[cut:]
        inner = reindented(self.code.tree(self.path), source, start, end, indent + unit)
        if rewrites and inner != source[start:end]:
            plain = indent_of(source, start)
            if plain != indent + unit:
                raise Refusal("the two classes are indented differently", "give them one indentation first")
        text, at = b"", start
        for first, last, new in sorted(rewrites):
            text += source[at:first] + new.encode()
            at = last
        text = text + source[at:end] if rewrites else inner
        text = text.replace(b"\r\n", b"\n").replace(b"\n", newline)
        head = head.replace(b"\r\n", b"\n").replace(b"\n", newline)
        return indent + b"def " + self.name.encode() + head + newline + indent + unit + text

    def _imports(self, to: Relocation, baggage: Baggage) -> list[Edit]:
        file = Importer(to, self.goal.path)
        bound = self.modules.scopes(self.goal.path).module.bound
        for name, origin in baggage.needed.items():
            known = [one for s in file.imports.statements for one in s.names if s.binds(one) == name]
            same = any(
                self.modules.imported(self.goal.path, s, one) == origin
                for s in file.imports.statements
                for one in s.names
                if s.binds(one) == name
            )
            if name in bound and not (known and same):
                raise Refusal(f"{name} is something else in {self.goal.path}", "rename it there first")
        for new, typing in baggage.imports:
            file.imports.add(new, typing=typing)
        return file.imports.edits()
