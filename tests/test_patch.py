"""A change as a value: what it makes of files, where bytes go, and a diff that git applies to the same end."""

import os
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codeagent.domain.patch import Conflict, Edit, Patch, Shift, edited
from codeagent.domain.unified import changed_blocks
from tests.conftest import write_files

NAMES = ("a.py", "b c.py", "d/é.py", 'e"f.py', "g\\h.py", "i\tj.py", "k/l/m.py")
LINES = (b"x = 1\n", b"y = 2\r\n", b"\n", b"# \xe9\n", b"}\n", b"-- a\n", b"+ b\n", b"\\ c\n", b"@@ d\n", b"\r\n")
texts = st.builds(
    lambda rows, end: b"".join(rows) + end,
    st.lists(st.sampled_from(LINES), max_size=30),
    st.sampled_from((b"", b"end", b"\r")),
)
contents = st.one_of(texts, st.binary(max_size=40))


@st.composite
def edits_of(draw: st.DrawFn, path: str, size: int) -> list[Edit]:
    """Edits of one file that do not overlap, insert at most once at an offset."""
    cuts = sorted(draw(st.sets(st.integers(0, size), max_size=6)))
    pairs = zip(cuts[::2], cuts[1::2], strict=False)
    found = [Edit(path, start, end, draw(st.one_of(contents, st.binary(max_size=3)))) for start, end in pairs]
    inserted = {edit.start for edit in found} | {edit.end for edit in found}
    at = draw(st.integers(0, size))
    if at not in inserted and not any(edit.start < at < edit.end for edit in found):
        found.append(Edit(path, at, at, draw(contents)))
    return found


@st.composite
def changes(draw: st.DrawFn) -> tuple[dict[str, bytes], Patch]:
    """Files, and a patch of them."""
    files = {name: draw(contents) for name in NAMES if draw(st.booleans())}
    edits, moves, deletes, creates = [], {}, [], {}
    for name, source in files.items():
        what = draw(st.sampled_from(("keep", "edit", "move", "move and edit", "delete", "leave another")))
        if "edit" in what:
            edits += draw(edits_of(name, len(source)))
        if "move" in what or what == "leave another":
            moves[name] = f"moved/{name}"
        if what == "delete":
            deletes.append(name)
        if what == "leave another":
            creates[name] = draw(contents)
    for name in NAMES:
        if name not in files and draw(st.booleans()):
            creates[name] = draw(contents)
    return files, Patch("p", tuple(edits), creates, tuple(deletes), moves)


def on_disk(root: Path) -> dict[str, bytes]:
    paths = (Path(folder, name) for folder, _, names in os.walk(root) for name in names)
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(change=changes())
def test_git_makes_of_the_diff_what_apply_makes(tmp_path_factory: pytest.TempPathFactory, change: tuple) -> None:
    files, patch = change
    root = tmp_path_factory.mktemp("tree")
    write_files(root, files)
    diff = patch.diff(files).encode("utf-8", "surrogateescape")
    if diff:
        command = ["git", "apply", "--whitespace=nowarn", "-"]
        done = subprocess.run(command, cwd=root, input=diff, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode() + diff.decode("utf-8", "replace")
    wanted = {**files, **patch.apply(files)}
    assert on_disk(root) == {path: data for path, data in wanted.items() if data is not None}


@settings(deadline=None)
@given(data=st.data(), source=contents)
def test_every_byte_that_stays_is_found_again(data: st.DataObject, source: bytes) -> None:
    edits = data.draw(edits_of("a.py", len(source)))
    made, shift = edited(source, sorted(edits)), Shift(edits)
    kept = 0
    for offset in range(len(source)):
        new = shift.new(offset)
        assert (new is None) == any(edit.start <= offset < edit.end for edit in edits)
        if new is not None:
            assert made[new] == source[offset]
            kept += 1
    assert len(made) == kept + sum(len(edit.text) for edit in edits)
    for edit in edits:
        start = shift.start_of(edit.start)
        assert start is not None and made[start : start + len(edit.text)] == edit.text


@given(old=st.lists(st.sampled_from("abcdefgh")), new=st.lists(st.sampled_from("abcdefgh")))
def test_what_lies_between_the_blocks_is_the_same(old: list[str], new: list[str]) -> None:
    made, at = [], 0
    for i1, i2, j1, j2 in changed_blocks(old, new):
        made += old[at:i1] + new[j1:j2]
        assert len(made) == j2
        at = i2
    assert made + old[at:] == new


def test_a_diff_of_large_files_takes_no_time() -> None:
    lines = [b"line %d of many\n" % (number % 5_000) for number in range(200_000)]  # each stands there 40 times
    source = b"".join(lines)
    at = source.index(b"line 4999")
    patch = Patch(
        "p", (Edit("a", 0, 4, b"LINE"), Edit("a", at, at + 4, b"LINE"), Edit("a", len(source) - 5, len(source), b"\n"))
    )
    started = time.perf_counter()
    assert patch.diff({"a": source}).count("\n-line") == 3
    assert time.perf_counter() - started < 2


def test_edits_of_the_same_text_are_in_conflict() -> None:
    with pytest.raises(Conflict):
        Patch("p", (Edit("a", 0, 3, b"x"), Edit("a", 2, 4, b"y")))
    with pytest.raises(Conflict):
        Patch("p", (Edit("a", 1, 1, b"x"), Edit("a", 1, 1, b"y")))
    assert Patch("p", (Edit("a", 1, 1, b"x"), Edit("a", 1, 1, b"x"))).apply({"a": b"12"}) == {"a": b"1x2"}
