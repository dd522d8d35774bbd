"""Which relation somebody has to a new head, by the relations to the old one (户主变更). Pure.

A relation is a way through the family (``codes/relations.yaml``). The way from the new head to somebody leads back to
the old head and on from there, and where it turns it gets shorter: a parent's child is oneself or a sibling, a
child's parent oneself or the spouse, a parent's spouse the other parent, a spouse's child one's own. What a family
knows and the register does not (whose wife the daughter-in-law is, where there are two sons) stays open.
"""

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from services.registry.register.codes import FamilyStep as Step
from services.registry.register.codes import ways
from services.registry.register.households.rules import HEAD

OTHER, SPOUSE = "其他", "配偶"
_OPPOSITE = {"男": "女", "女": "男"}
_BACK = {"up": "down", "down": "up", "across": "across"}
_Way = tuple[Step, ...]


class Kin(NamedTuple):
    """Somebody of a household: their relation to its head, and their sex where it is known."""

    relation: str
    sex: str | None


class _Unknown(Exception):
    """The register does not say enough: a relation without a way, or a turn that depends on a sex not known."""


def relations(head: Kin, new: Kin, other: Kin) -> tuple[str, ...]:
    """The relations that ``other`` may have to the new head, the likeliest first: one where it is certain, none where
    nothing can be said. ``head`` is the old head, who may be ``other`` too.
    """
    try:
        back = _back(_way(new, head), head)
        found = _shortened(back, _way(other, head), new.sex)
        # A way that ends where it begins is none: whoever it leads to is somebody else.
        return tuple(dict.fromkeys(_called(way) for way in found if way != ()))
    except _Unknown:
        return ()


def _way(kin: Kin, head: Kin) -> _Way:
    """From the old head to somebody."""
    if kin.relation == HEAD:
        return ()
    if kin.relation == SPOUSE:
        return (Step("across", kin.sex or _OPPOSITE.get(head.sex or "")),)
    if kin.relation not in ways():
        raise _Unknown
    return ways()[kin.relation]


def _back(way: _Way, head: Kin) -> _Way:
    """The same way from its end to the old head."""
    sexes = (head.sex, *(step.sex for step in way))
    return tuple(Step(_BACK[way[at].to], sexes[at]) for at in reversed(range(len(way))))


def _shortened(way: _Way, onward: _Way, start: str | None) -> Iterator[_Way | None]:
    """The ways that a way may come to when it goes on; None where it passes a sibling, for whom there is no word.

    ``start`` is the sex of whom it begins with.
    """
    if not onward:
        yield way
        return
    step, *rest = onward
    if not way:
        yield from _shortened((step,), tuple(rest), start)
        return
    *before, last = way
    whence = before[-1].sex if before else start
    match last.to, step.to:
        case "across", "across":
            turned: list[Step] = []
        case "up", "across":
            turned = [Step("up", step.sex)]
        case "across", "down":
            turned = [step]
        case "down", "up":
            turned = [] if _same(whence, step.sex) else [Step("across", step.sex)]
        case "up", "down":
            if _same(whence, step.sex):
                yield from _shortened(tuple(before), tuple(rest), start)
            yield None
            return
        case _:
            yield from _shortened((*way, step), tuple(rest), start)
            return
    yield from _shortened(tuple(before), (*turned, *rest), start)


def _same(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        raise _Unknown
    return one == other


def _called(way: _Way | None) -> str:
    """What the relation at the end of a way is called."""
    if way is not None and [step.to for step in way] == ["across"]:
        return SPOUSE
    if way is not None and any(step.sex is None for step in way):
        raise _Unknown
    return _names().get(way, OTHER)


@cache
def _names() -> dict[_Way | None, str]:
    return {way: relation for relation, way in ways().items()}
