"""Properties of the ladder: noise changes nothing about what comes out, and what fits two places is never written."""

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from codeagent.edits.document import Document
from codeagent.edits.located import Located, Missed
from codeagent.edits.locating import locate
from codeagent.edits.rungs import Rung

LETTERS = st.sampled_from("abcdefgh")
WORDS = st.text(LETTERS, min_size=3, max_size=6)
QUICK = settings(max_examples=80, deadline=None)


@st.composite
def texts(draw):
    """Lines of which no two are alike: words, a number of their own, quotes and dashes, indented by fours."""
    count = draw(st.integers(4, 12))
    lines = []
    for number in range(count):
        indent = "    " * draw(st.integers(0, 3))
        lines.append(f'{indent}{draw(WORDS)} = "{draw(WORDS)}" - {number}{draw(LETTERS)}é')
    if draw(st.booleans()):
        lines.insert(draw(st.integers(1, count - 1)), "")
    return lines


@st.composite
def edits(draw):
    """A text, a window of it, and what the window becomes: some of its lines, some new ones."""
    lines = draw(texts())
    first = draw(st.integers(0, len(lines) - 2))
    last = draw(st.integers(first + 1, len(lines)))
    window = lines[first:last]
    assume(window[0].strip() and window[-1].strip())
    new = [line for line in window if draw(st.booleans())]
    for number in range(draw(st.integers(1, 3))):
        new.insert(draw(st.integers(0, len(new))), f"{'    ' * draw(st.integers(0, 3))}new {draw(WORDS)} {number}")
    return lines, first, last, new


def joined(lines, end="\n"):
    return "".join(line + end for line in lines)


def written(text: str, search: str, replace: str) -> tuple[str, Located]:
    found = locate(Document("a.txt", text.encode()), search, replace)
    for change in sorted(found.changes, key=lambda one: -one.start):
        text = text[: change.start] + change.text + text[change.end :]
    return text, found


NOISE = {
    Rung.LINE_ENDS: lambda line: line,
    Rung.TRAILING: lambda line: line + "  ",
    Rung.INDENTATION: lambda line: "   " + line if line.strip() else line,
    Rung.SPACING: lambda line: line.replace(" = ", "  =\t"),
    Rung.LOOK_ALIKES: lambda line: line.replace('"', "\u201d").replace("-", "\u2013").replace("é", "e\u0301"),
}


@QUICK
@given(edits(), st.sampled_from(sorted(NOISE)), st.booleans())
def test_noise_of_one_rung_gives_the_same_result_as_none(edit, rung, both):
    lines, first, last, new = edit
    noise = NOISE[Rung(rung)]
    text = joined(lines, "\r\n" if rung is Rung.LINE_ENDS else "\n")
    expected = joined([*lines[:first], *new, *lines[last:]], "\r\n" if rung is Rung.LINE_ENDS else "\n")
    assume(expected != text)
    search = joined(map(noise, lines[first:last]))
    kept = set(lines)
    if rung is Rung.INDENTATION:
        replace = joined(map(noise, new))
    else:
        replace = joined(noise(line) if both and line in kept else line for line in new)
    try:
        result, found = written(text, search, replace)
    except Missed as missed:
        raise AssertionError(missed.reason) from missed
    assert result == expected
    if search != joined(lines[first:last]):
        assert found.rung in (rung, Rung.ALREADY)


@QUICK
@given(edits(), st.sampled_from([None, *sorted(NOISE)]))
def test_text_outside_is_the_same_byte_for_byte(edit, rung):
    lines, first, last, new = edit
    noise = NOISE[Rung(rung)] if rung else str
    ends = ["\r\n" if number % 3 else "\n" for number in range(len(lines))]
    text = "".join(line + end for line, end in zip(lines, ends, strict=True))
    ahead = "".join(line + end for line, end in zip(lines[:first], ends, strict=False))
    behind = "".join(line + end for line, end in zip(lines[last:], ends[last:], strict=True))
    shifted = map(noise, new) if rung is Rung.INDENTATION else new
    result, _ = written(text, joined(map(noise, lines[first:last])), joined(shifted))
    assert result.startswith(ahead)
    assert result.endswith(behind)


@QUICK
@given(edits(), st.sampled_from([None, *sorted(NOISE)]), texts())
def test_what_fits_two_places_is_never_written(edit, rung, between):
    lines, first, last, new = edit
    noise = NOISE[Rung(rung)] if rung else str
    window = lines[first:last]
    text = joined([*lines, *(line + " between" for line in between), *window])
    try:
        result, found = written(text, joined(map(noise, window)), joined(map(noise, new)))
    except Missed as missed:
        assert len(missed.lines) == 2, missed.reason
    else:
        raise AssertionError((found.rung, result))


@QUICK
@given(edits(), st.sampled_from([None, *sorted(NOISE)]))
def test_an_edit_is_made_once(edit, rung):
    lines, first, last, new = edit
    noise = NOISE[Rung(rung)] if rung else str
    search, replace = joined(map(noise, lines[first:last])), joined(map(noise, new))
    once, _ = written(joined(lines), search, replace)
    try:
        twice, found = written(once, search, replace)
    except Missed:
        return
    assert twice == once, found.rung


@QUICK
@given(texts(), texts(), st.data())
def test_a_line_remembered_wrongly_is_not_overwritten(lines, other, data):
    assume(len(lines) >= 6 and all(lines))
    wrong = data.draw(st.integers(1, len(lines) - 4))
    remembered = [*lines[:wrong], "something else altogether", *lines[wrong + 1 :]]
    changed = [*remembered[:-2], "new line", remembered[-1]]
    try:
        result, found = written(joined(lines), joined(remembered), joined(changed))
    except Missed:
        return
    assert lines[wrong] in result.split("\n"), found.rung
