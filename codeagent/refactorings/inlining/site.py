"""One call that becomes the body of what it calls: the statements before it, and the value in its place."""

import re
from dataclasses import dataclass
from typing import Final

from codeagent.domain.patch import Edit
from codeagent.languages.syntax import Node, child
from codeagent.refactorings.inlining.body import Body, is_worth_keeping
from codeagent.refactorings.inlining.callee import HINT, Callee, check_returns
from codeagent.refactorings.inlining.giving import given_at
from codeagent.refactorings.inlining.handing import Handed, Handing
from codeagent.refactorings.inlining.hoisting import check_hoist, fresh_names
from codeagent.refactorings.inlining.request import Request
from codeagent.refactorings.python.fitting import fitted
from codeagent.refactorings.python.layout import indent_of, newline_of, starts_line
from codeagent.refactorings.python.removal import removal_of
from codeagent.refactorings.python.transplant import transplant
from codeagent.refactorings.refactoring import Refusal

_NAME: Final = re.compile(rb"\w+")


@dataclass(slots=True)
class Inlined:
    """The edits of one file so far; `hoisted` are the statements that have got some before them."""

    expressions: list[Edit]
    statements: list[Edit]
    hoisted: set[int]


class Site:
    """A call of the function in a file."""

    def __init__(self, request: Request, callee: Callee, path: str, call: Node, done: Inlined) -> None:
        self._request, self._callee, self._path, self._call, self._done = request, callee, path, call, done
        self._source = request.code.read(path)
        self._scopes = request.modules.scopes(path)
        self._scope = self._scopes.at(call)
        self._newline = newline_of(self._source)
        self._body = Body(callee, request.code.read(callee.path), request.code.tree(callee.path))

    def inline(self) -> None:
        """Add the edits that put the body in place of the call; Refusal where that cannot be done."""
        parent = self._call.parent
        used = parent is None or parent.type != "expression_statement"
        check_returns(self._callee, self._request.subject.name, used=used)
        handing = Handing(
            self._request, self._callee, given_at(self._request, self._callee, self._path, self._call, self._text)
        )
        handed = handing.decide()
        self._rewrite(handing, handed)
        result = self._callee.result
        if result is not None and len(self._callee.statements) == 1 and not handed.bound and not self._callee.locals:
            self._express(result)
        elif used or parent is None:
            self._hoist(handing, handed, self._call, used=True)
        else:
            self._hoist(handing, handed, parent, used=False)

    # --- names

    def _rewrite(self, handing: Handing, handed: Handed) -> None:
        callee, body = self._callee, child(self._callee.node, "body")
        moved = transplant(
            self._request.modules, callee.path, body.start_byte, body.end_byte, callee.scope, self._path, self._scope
        )
        self._request.bring(self._path, moved.imports)
        for (start, end), text in moved.texts.items():
            self._body.write(start, end, text)
        for name, given in handed.written.items():
            for use in handing.uses(name):
                self._body.put(use.start, use.end, given)

    def _rename(self, names: dict[str, str]) -> None:
        body = child(self._callee.node, "body")
        for use in self._callee.scopes.between(body.start_byte, body.end_byte):
            if names.get(use.name, use.name) != use.name and (
                self._callee.scopes.owner(use.name, use.scope) is self._callee.scope
            ):
                self._body.write(use.start, use.end, names[use.name].encode())

    def _text(self, node: Node) -> bytes:
        """The text of an argument, with the calls in it that are inlined, too."""
        inner = [one for one in self._done.expressions if node.start_byte <= one.start and one.end <= node.end_byte]
        parts, at = [], node.start_byte
        for edit in sorted(inner):
            parts += [self._source[at : edit.start], edit.text]
            at = edit.end
            self._done.expressions.remove(edit)
        text = b"".join([*parts, self._source[at : node.end_byte]])
        whole = any((one.start, one.end) == (node.start_byte, node.end_byte) for one in inner)
        return b"(" + text + b")" if whole and not _NAME.fullmatch(text) else text

    # --- the value alone

    def _express(self, result: Node) -> None:
        text = self._body.expression(result, self._newline)
        self._replace_call(result, text)

    def _replace_call(self, value: Node, text: bytes) -> None:
        text = fitted(value, text, self._call, self._source)
        self._done.expressions.append(Edit(self._path, self._call.start_byte, self._call.end_byte, text))

    # --- statements before it

    def _hoist(self, handing: Handing, handed: Handed, place: Node, *, used: bool) -> None:
        callee = self._callee
        statement = check_hoist(self._request, callee, self._path, self._call) if used else place
        self._check_free(statement)
        holder = self._scopes.holder(statement)
        names = fresh_names(
            callee, self._scopes, holder, self._path, [one.name for one in handed.bound if handing.uses(one.name)]
        )
        self._rename(names)
        lines = []
        for one in handed.bound:
            text = b"(" + one.text + b")" if b"\n" in one.text else one.text
            lines.append(names[one.name].encode() + b" = " + text if one.name in names else text)
        lines += self._lines(statement, used)
        self._place(statement, lines, used)

    def _check_free(self, statement: Node) -> None:
        if statement.id in self._done.hoisted:
            raise Refusal("two calls in one statement would need statements before it", "split that statement first")
        if any(statement.start_byte <= one.start and one.end <= statement.end_byte for one in self._inside(statement)):
            raise Refusal("a call stands in the arguments of another", "give its value a name first")
        self._done.hoisted.add(statement.id)

    def _inside(self, statement: Node) -> list[Edit]:
        """Edits of other calls that the replaced statement, or the block below it, would swallow."""
        simple = statement.type in ("expression_statement", "return_statement")
        return self._done.statements if simple else []

    def _lines(self, statement: Node, used: bool) -> list[bytes]:
        """The statements of the body; a last `return` leaves its value, where that is not used elsewhere."""
        callee = self._callee
        statements = [one for one in callee.statements if not self._is_dropped(one, statement)]
        if statements and statements[-1].type == "return_statement":
            result = callee.result
            if not callee.returns and (used or result is None or not is_worth_keeping(result)):
                statements.pop()
        elif statements and [one.type for one in statements] == ["pass_statement"]:
            statements.pop()
        if not statements:
            return []
        self._body.leave_out_returns(statements)
        return [self._body.block(statements, indent_of(self._source, statement.start_byte), self._newline)]

    def _is_dropped(self, statement: Node, place: Node) -> bool:
        """Whether a `global` of the body says nothing where the body goes."""
        if statement.type != "global_statement":
            return False
        holder = self._scopes.holder(place)
        names = {(one.text or b"").decode() for one in statement.named_children}
        if holder.kind != "module" and not names <= holder.globals:
            raise Refusal("the function assigns global names, and they are none where it is called", HINT)
        return True

    def _place(self, statement: Node, lines: list[bytes], used: bool) -> None:
        start, end = statement.start_byte, statement.end_byte
        if used:
            result = self._callee.result
            if result is None:
                self._done.expressions.append(Edit(self._path, self._call.start_byte, self._call.end_byte, b"None"))
            else:
                self._replace_call(result, self._body.expression(result, self._newline))
        glue = self._newline + indent_of(self._source, start)
        alone = starts_line(self._source, start) and not self._source[end:].split(b"\n")[0].strip().startswith(b";")
        if not alone and (len(lines) > 1 or any(b"\n" in line for line in lines) or (used and lines)):
            raise Refusal("the call shares its line with other statements", "put it on a line of its own first")
        if used:
            if lines:
                text = b"".join(line + glue for line in lines)
                self._done.statements.append(Edit(self._path, start, start, text))
        elif lines:
            self._done.statements.append(Edit(self._path, start, end, glue.join(lines)))
        else:
            self._done.statements.append(removal_of(self._path, self._source, statement))
