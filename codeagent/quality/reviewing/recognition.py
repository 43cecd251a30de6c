"""The refactorings that a difference contains, each proven, and how much of it they explain."""

from codeagent.quality.reviewing.hunks import Difference
from codeagent.quality.reviewing.importing import explain_imports
from codeagent.quality.reviewing.moving import explain_moves
from codeagent.quality.reviewing.renaming import explain_layout, explain_renames
from codeagent.quality.reviewing.sameness import Comparer
from codeagent.quality.reviewing.sides import Sides


def recognised(sides: Sides, doubtful: frozenset[str] = frozenset()) -> Difference:
    """Return the difference with what is proven of it: moved files, moved definitions, imports, layout, names.

    `doubtful` are words of new errors: a rename of such a name was not carried through, so it is none."""
    difference, comparer = Difference(sides.change), Comparer(sides)
    for file in sides.change.files:
        if file.status == "renamed":
            difference.explain_lines("move-file", f"{file.old_path} is {file.path} now", file.path, 1, set(), set())
    sides.before.load([file.old_path for file in sides.change.files])
    sides.after.load([file.path for file in sides.change.files])
    explain_layout(sides, comparer, difference)
    explain_imports(sides, difference)
    explain_renames(sides, comparer, difference, doubtful)
    explain_moves(sides, comparer, difference)
    return difference
