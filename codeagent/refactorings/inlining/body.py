"""The text of a function's body as it reads where it is called."""

from itertools import pairwise

from codeagent.languages.syntax import Node, child
from codeagent.refactorings.inlining.callee import Callee, own
from codeagent.refactorings.inlining.handing import Given
from codeagent.refactorings.python.effects import is_constant
from codeagent.refactorings.python.fitting import fitted
from codeagent.refactorings.python.layout import line_end, moved, newline_of, starts_line


class Body:
    """One copy of a body: collects what is written anew in it, then gives its text."""

    def __init__(self, callee: Callee, source: bytes, root: Node) -> None:
        self._callee, self._source, self._root = callee, source, root
        self._texts: dict[tuple[int, int], bytes] = {}

    def write(self, start: int, end: int, text: bytes) -> None:
        """Write other text over bytes of the function."""
        self._texts[start, end] = text

    def put(self, start: int, end: int, given: Given) -> None:
        """Write an argument in place of a parameter."""
        place = self._root.descendant_for_byte_range(start, end)
        assert place is not None
        self.write(start, end, fitted(given.node, given.text, place, self._source))

    def expression(self, node: Node, newline: bytes) -> bytes:
        """Return the text of an expression of the body."""
        return self._changed(node.start_byte, node.end_byte, {}).replace(newline_of(self._source), newline)

    def block(self, statements: list[Node], indent: bytes, newline: bytes) -> bytes:
        """Return the text of statements that follow each other, at another indentation; the first line has none."""
        start, end = self._with_comments(statements[0]), statements[-1].end_byte
        rest = self._source[end : line_end(self._source, end)]
        if rest.lstrip().startswith(b"#"):
            end += len(rest)
        pieces = moved(self._root, self._source, start, end, indent)
        indents = {(one[2], other[1]): other[0] for one, other in pairwise(pieces)}
        return self._changed(start, end, indents).replace(newline_of(self._source), newline)

    def _with_comments(self, first: Node) -> int:
        """Where the comments that stand right before the first statement of the body start, or it itself."""
        node, start = self._callee.node, first.start_byte
        block = child(node, "body")
        among = [one for one in (*node.children, *block.children) if one.type == "comment"]
        for one in sorted(among, key=lambda comment: -comment.start_byte):
            if starts_line(self._source, one.start_byte) and not self._source[one.end_byte : start].strip():
                start = one.start_byte
        return start

    def leave_out_returns(self, statements: list[Node]) -> None:
        """Make plain statements of all that return, `pass` where nothing is left."""
        for statement in statements:
            for one in own(statement):
                if one.type == "return_statement":
                    value = one.named_children[0] if one.named_children else None
                    if value is None:
                        self.write(one.start_byte, one.end_byte, b"pass")
                    else:
                        self.write(one.start_byte, value.start_byte, b"")

    def _changed(self, start: int, end: int, more: dict[tuple[int, int], bytes]) -> bytes:
        parts, at = [], start
        for (first, last), text in sorted({**self._texts, **more}.items()):
            if at <= first and last <= end:
                parts += [self._source[at:first], text]
                at = last
        parts.append(self._source[at:end])
        return b"".join(parts)


def is_worth_keeping(value: Node) -> bool:
    """Tell whether a value that nobody uses must be evaluated all the same."""
    return not is_constant(value) and value.type != "identifier"
