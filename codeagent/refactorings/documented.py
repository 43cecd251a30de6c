"""Words of documentation that are a parameter of the function it stands on: `:param total:`, `@param total`."""

import re
from typing import Final

from codeagent.languages.syntax import Node
from codeagent.refactorings.census import Mention
from codeagent.refactorings.code import Code
from codeagent.refactorings.renaming import Subject

_FIELD: Final = re.compile(rb":(?:param|parameter|arg|argument|key|keyword|type)\b[^:]*\s\Z")
_TAG: Final = re.compile(rb"@(?:param|arg|argument)\s+(?:\{[^\n]*\}\s*)?\[?\Z")
_HEAD: Final = re.compile(rb"[^;{}]*\Z")  # what may stand between the remark and the name of its function
_ARGUMENTS: Final = re.compile(rb"\([^()]*\)")


def documents(code: Code, subject: Subject, mention: Mention) -> bool:
    """Tell whether a word is the parameter in its function's own documentation."""
    if mention.node is None:
        return False
    source = code.read(mention.path)
    line = source[source.rfind(b"\n", 0, mention.start) + 1 : mention.start]
    if code.in_docstring(mention.path, mention.node):
        return bool(_FIELD.search(line)) and code.callable_around(mention.path, mention.start) in subject.methods
    return bool(_TAG.search(line)) and _stands_on(code, subject, mention.node, mention.path)


def _stands_on(code: Code, subject: Subject, remark: Node, path: str) -> bool:
    if "comment" not in remark.type or not (remark.text or b"").startswith(b"/**"):
        return False
    source, end = code.read(path), remark.end_byte
    symbols = (code.symbol(key) for key in subject.methods)
    starts = [one.name_span.start for one in symbols if one.path == path and one.name_span.start >= end]
    between = _ARGUMENTS.sub(b"", source[end : min(starts)]) if starts else b";"
    return bool(_HEAD.match(between)) and b"/**" not in between
