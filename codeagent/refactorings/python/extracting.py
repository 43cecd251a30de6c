"""What it takes to make a function of a region: where it goes, what passes, and whether it would do the same."""

from dataclasses import dataclass

from codeagent.refactorings.python.fitness import check_fit, in_main
from codeagent.refactorings.python.placing import Place, place_for
from codeagent.refactorings.python.region import Region, is_docstring
from codeagent.refactorings.python.scopes import Scopes
from codeagent.refactorings.python.taken import check_free
from codeagent.refactorings.python.transfer import Transfer, transfer
from codeagent.refactorings.refactoring import Refusal


@dataclass(frozen=True, slots=True)
class Extraction:
    """A region that a call of a function at a place can stand for."""

    region: Region
    place: Place
    transfer: Transfer


def extraction_of(scopes: Scopes, source: bytes, region: Region, name: str, kind: str) -> Extraction:
    """Return the function that a region makes, `kind` as in KINDS or ""; Refusal where it makes none."""
    place = place_for(scopes, source, region.node, region.start, kind)
    _check_name(scopes, place, region, name)
    return Extraction(region, place, judged(scopes, place, region))


def judged(scopes: Scopes, place: Place, region: Region) -> Transfer:
    """Return what passes between a region and the function at a place; Refusal where it cannot be one."""
    holder = scopes.holder(region.node)
    same_class = place.target.kind == "class_definition"
    direct = same_class and scopes.at(region.node) is holder and place.kind in ("method", "classmethod")
    check_fit(region, holder.node, same_class=same_class, instance=direct)
    if region.statements and region.node.named_children and is_docstring(region.node.named_children[0]):
        raise Refusal("the selection holds the docstring", "select from the first statement after it")
    return transfer(scopes, region, place.target, exported=not in_main(region.node))


def _check_name(scopes: Scopes, place: Place, region: Region, name: str) -> None:
    if place.target.kind == "class_definition":
        if name in place.target.bound:
            raise Refusal(f"the class has a {name} already", "choose another name")
        return
    check_free(scopes, place.target, scopes.at(region.node), name)
