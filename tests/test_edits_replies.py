"""Replies of models as Markdown cases: a reply, and the edits that are read from it or what is wrong with it."""

import json
import tomllib
from dataclasses import asdict

import pytest
from cases import Case, cases

from codeagent.edits.replies import read_reply
from codeagent.edits.request import EditRequest, Malformed


def _read(case: Case) -> list[EditRequest]:
    files = {path: text for path, text in case.files.items() if path != "reply.md"}
    options = tomllib.loads(case.expected.get("options", ""))
    return read_reply(case.files["reply.md"], files=files or None, **options)


@pytest.mark.parametrize("case", cases("replies", "answer"))
def test_edits_are_read_from_a_reply(case: Case):
    told = [f"{type(one).__name__} {json.dumps(asdict(one), ensure_ascii=False)}" for one in _read(case)]
    case.expect("answer", "\n".join(told))


@pytest.mark.parametrize("case", cases("replies", "refused"))
def test_what_is_malformed_is_said_with_its_line(case: Case):
    with pytest.raises(Malformed) as raised:
        _read(case)
    assert raised.value.hint
    case.expect("refused", raised.value.message)
