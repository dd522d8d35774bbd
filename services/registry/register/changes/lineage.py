"""Changes that concern more than one household or village: split 分户, merge 并户, move 跨村迁移. Pure.

Each answers what happens to every household concerned, with the other one named as origin or destination, so that
money and dividends can follow the members.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.registry.contracts import MemberState
from services.registry.register.changes import succession
from services.registry.register.changes.records import Known, Step, other_of
from services.registry.register.changes.rules import (
    PartMissing,
    decide,
    exited,
    found,
    headed,
    made,
    must_live,
    redivided,
    relatives,
    staying,
)
from services.registry.register.changes.schemas import ChangeIn, Relative
from services.registry.register.households.records import Household, after
from shared.problems import Conflict, Invalid


class SameHousehold(Invalid):
    slug, zh, en = "same-household", "不能与自身合并", "A household cannot merge with itself"


class NotEverybody(Invalid):
    slug, zh, en = "not-everybody", "并户须包含全部成员", "All members of the household have to go along"


class StatusesDiffer(Conflict):
    slug = "statuses-differ"
    zh = "两户一户在册、一户已脱贫，不能并户；可将成员逐人转入"
    en = "One household is on the register and the other has left poverty: let the members join one by one"


class AlreadyThere(Conflict):
    slug, zh, en = "already-there", "该户已在此村", "The household lives in this village already"


def steps(
    households: Mapping[UUID, Household],
    change: ChangeIn,
    known: Mapping[UUID, Known],
    today: date,
) -> list[Step]:
    """What a change does to each household that it concerns. Raises a Conflict or Invalid that says why not."""
    match change.kind:
        case "split":
            return _split(households, change, known, today)
        case "merge":
            return _merge(households, change, known, today)
        case "move":
            return [_move(households, change)]
        case "exit":
            return [exited(found(households, change.household_id), change)]
        case "redivided":
            return [redivided(found(households, change.household_id), change)]
        case _:
            return [decide(households, change, known, today)]


def _split(
    households: Mapping[UUID, Household], change: ChangeIn, known: Mapping[UUID, Known], today: date
) -> list[Step]:
    old, split = found(households, change.household_id), change.split
    if split is None:
        raise PartMissing(field="split", rule="split")
    must_live(old)
    leaving = _going(old, split.members, known, today, "split.members", heads=1)
    going = {member.id for member in leaving}
    rest = after(old, members=staying(old, going, change, known, today))
    new = Household(
        id=split.id,
        division=split.division or old.division,
        number=split.number,
        version=1,
        status=old.status,
        identified_on=old.identified_on,
        attribute=split.attribute or old.attribute,
        main_cause=split.main_cause or old.main_cause,
        other_causes=(),
        facts={},
        origins={},
        members=leaving,
        since=change.effective_on,
    )
    departing = replace(
        made(change),
        verb="split",
        departs=tuple(going),
        relates=succession.changed(old.members, rest.members),
        destination=(new.id,),
        more={"left": sorted(going), "split_off": new.number} | headed(change),
    )
    beginning = replace(
        made(change),
        id=other_of(change.id),
        verb="registered",
        arrives=tuple((member.id, member.relation) for member in leaving),
        origin=(old.id,),
        founds="00",
    )
    return [Step(old, rest, departing), Step(None, new, beginning)]


def _merge(
    households: Mapping[UUID, Household], change: ChangeIn, known: Mapping[UUID, Known], today: date
) -> list[Step]:
    merge = change.merge
    if merge is None:
        raise PartMissing(field="merge", rule="merge")
    if merge.into_id == change.household_id:
        raise SameHousehold(field="merge.into_id", rule="another household")
    old = found(households, change.household_id)
    into = found(households, merge.into_id, "merge.into_id")
    must_live(old)
    must_live(into, "merge.into_id")
    if into.status != old.status:
        raise StatusesDiffer(field="merge.into_id", rule="both on the register, or both exited")
    moving = _going(old, merge.members, known, today, "merge.members", heads=0)
    if len(moving) != old.size:
        raise NotEverybody(field="merge.members", rule="every member")
    ended = after(old, status="removed", members=())
    joined = after(into, members=(*into.members, *moving))
    ending = replace(
        made(change),
        verb="merged",
        departs=tuple(member.id for member in moving),
        destination=(into.id,),
        more={"merged_into": into.number},
    )
    taking = replace(
        made(change),
        id=other_of(change.id),
        arrives=tuple((member.id, member.relation) for member in moving),
        origin=(old.id,),
        more={"joined": sorted(member.id for member in moving)},
    )
    return [Step(old, ended, ending), Step(into, joined, taking)]


def _move(households: Mapping[UUID, Household], change: ChangeIn) -> Step:
    household = found(households, change.household_id)
    if change.division is None:
        raise PartMissing(field="division", rule="move")
    must_live(household)
    if change.division == household.division:
        raise AlreadyThere(field="division", rule="another village")
    return Step(household, after(household, division=change.division), made(change))


def _going(
    household: Household, given: list[Relative], known: Mapping[UUID, Known], today: date, field: str, *, heads: int
) -> tuple[MemberState, ...]:
    members = {member.id: member for member in household.members}
    return relatives(members, given, known, (household.identified_on, today), field, heads=heads)
