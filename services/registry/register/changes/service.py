"""Decide changes to the register: lock once, decide each by itself, write together.

One rule for every entrance to the register and every way off it. A household enters, leaves or comes back
(``records.ENTRANCES``) by the decision of a procedure (a case, a look-back round), or directly, by two people of
offices that may decide the reason where it lives (policy ``changes.direct``): one asks (``ask``), another releases
(``release``). A doubt that clears out is such a decision of two people, its reviewer and its closer. What two people
decided directly, through whichever entrance, is counted by the figure ``decided-directly``, and its day never lies in
a year that the county has closed. What an imported file would enter waits as a whole (``exchange/imports``). What
changes within households (members, splits, merges, moves) one person records, of an office that may.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import conflicts, enter, late, lineage, past, queries, rules, succession
from services.registry.register.changes.apply import applied, apply, note
from services.registry.register.changes.conflicts import NothingLater
from services.registry.register.changes.kinship import Kin
from services.registry.register.changes.records import CANCELLATION, ENTERS, ENTRANCES, Applied, Direct, Through
from services.registry.register.changes.schemas import ChangeIn, ProposedRelation
from services.registry.register.changes.succession import HeadAlready, proposals
from services.registry.register.codes import procedures
from services.registry.register.codes import service as codes
from services.registry.register.fields.rules import refusal
from services.registry.register.households import queries as households
from services.registry.register.households.records import Household, PersonRow, uniques_of
from services.registry.register.households.register import person_row
from services.registry.register.households.rules import (
    HEAD,
    HouseholdNotAcceptable,
    NoSuchVillage,
    NotAMember,
    NumberTaken,
    PersonRegistered,
    split_faults,
)
from shared.database.session import caller_of, raw
from shared.households.queries import NoSuchHousehold
from shared.http.items import Answers, Outcome, answers_of
from shared.problems import Conflict, Problem
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing
from shared.time import clock
from shared.words import Name

Decision = Outcome | Problem
Procedure = Literal["cases", "doubts", "lookbacks"]


class ChangeDiffers(Conflict):
    slug, zh, en = "change-differs", "此编号已用于另一变更", "This id was used for another change"


@dataclass(frozen=True, slots=True)
class _Facts:
    """What a list of changes needs to know beside the households: newcomers, and what stands against an item."""

    joining: dict[UUID, PersonRow]
    clashes: dict[UUID, Problem]
    today: date


async def decide(session: AsyncSession, keys: KeyRing, items: Sequence[ChangeIn], *, through: Procedure) -> Answers:
    """An answer for each change that a procedure decided; a refused one leaves the others alone.

    The same again is "unchanged". Some reasons are given by one procedure only.
    """
    return answers_of(items, await decisions(session, keys, items, through=through))


async def decisions(
    session: AsyncSession, keys: KeyRing, items: Sequence[ChangeIn], *, through: Through, write: bool = True
) -> dict[UUID, Decision]:
    """What becomes of each change. Not ``write``: what would, as far as each can be judged by itself."""
    today = await clock.today(session)
    decided: dict[UUID, Decision] = {**await _done_before(session, items)}
    decided |= _of_other_procedures(items, through)
    if through == "direct":
        decided |= await _decided_elsewhere(session, [item for item in items if item.id not in decided])
    # Somebody who sends the same change twice in one list gets one answer twice.
    first = {item.id: n for n, item in reversed(list(enumerate(items)))}
    fresh = [item for n, item in enumerate(items) if item.id not in decided and first[item.id] == n]
    entering = [item for item in fresh if item.kind in ENTERS]
    decided |= await enter.enter(session, keys, entering, today, through=through, write=write)
    changing = [item for item in fresh if item.kind not in ENTERS]
    facts = await _facts(session, keys, changing, today)
    for some in _rounds(changing):
        decided |= await _round(session, some, facts, through, write=write)
    return decided


async def succession_of(
    session: AsyncSession, household_id: UUID, successor_id: UUID, *, head_stays: bool
) -> list[ProposedRelation]:
    """How everybody would be related to a new head. Raises NoSuchHousehold (404), NotAMember, HeadAlready."""
    members = await queries.kin(session, household_id)
    if not members:
        raise NoSuchHousehold(field="household_id")
    kin = {one.person_id: Kin(one.relation, one.sex) for one in members}
    if successor_id not in kin:
        raise NotAMember(field="successor_id", rule="lives in the household")
    if kin[successor_id].relation == HEAD:
        raise HeadAlready(field="successor_id", rule="another member")
    others = {id for id, one in kin.items() if head_stays or one.relation != HEAD} - {successor_id}
    options = {one.person_id: one.options for one in proposals(kin, others, successor_id)}
    audit.read(session, "household", household_id, members[0].division)
    return [
        ProposedRelation(
            person_id=one.person_id, name=one.name, relation=one.relation, options=list(options[one.person_id])
        )
        for one in members
        if one.person_id in others
    ]


async def with_names(session: AsyncSession, decided: Mapping[UUID, Decision]) -> dict[UUID, Decision]:
    """The decisions, with the names of those who stand against one."""
    shown = dict(decided)
    for id, decision in decided.items():
        match decision:
            case rules.StillLiving():
                names = tuple(map(Name, (await queries.names(session, decision.people)).values()))
                shown[id] = rules.StillLivingByName(
                    field=decision.field,
                    rule=decision.rule,
                    count=decision.count,
                    people=decision.people,
                    names=names,
                )
            case conflicts.LaterChanges():
                who = await queries.names(session, conflicts.people_of(decision))
                shown[id] = conflicts.with_names(decision, who)
            case succession.RelationsNeeded():
                who = await queries.names(session, succession.people_of(decision))
                shown[id] = succession.with_names(decision, who)
            case _:
                pass
    return shown


def _of_other_procedures(items: Sequence[ChangeIn], through: str) -> dict[UUID, Problem]:
    return {
        item.id: rules.ReasonDoesNotFit(field="reason", rule=procedure)
        for item in items
        if (procedure := procedures().get(item.reason, through)) != through
    }


async def _decided_elsewhere(session: AsyncSession, items: Sequence[ChangeIn]) -> dict[UUID, Problem]:
    """Changes that this office may not decide by itself, or not on that day."""
    homes = await queries.homes(session, {item.household_id for item in items})
    places = {id: home.division for id, home in homes.items()}
    places |= {item.household_id: item.household.division for item in items if item.household}
    asked = [
        Direct(item.id, places[item.household_id], item.reason, item.effective_on if item.kind in ENTRANCES else None)
        for item in items
        if item.household_id in places
    ]
    judged = await queries.direct(session, asked)
    return {id: rules.not_directly(one.refusal, one.detail) for id, one in judged.items() if one.refusal}


def _rounds(items: Sequence[ChangeIn]) -> list[list[ChangeIn]]:
    """The items so that no household or person is concerned twice in a round, in the order given."""
    turn: dict[UUID, int] = defaultdict(int)
    rounds: list[list[ChangeIn]] = []
    for item in items:
        concerned = item.concerns | set(_persons(item))
        number = max(turn[id] for id in concerned)
        for id in concerned:
            turn[id] = number + 1
        while number >= len(rounds):
            rounds.append([])
        rounds[number].append(item)
    return rounds


async def _round(
    session: AsyncSession, items: list[ChangeIn], facts: _Facts, through: Through, *, write: bool
) -> dict[UUID, Decision]:
    locked = await households.lock(session, [id for item in items for id in item.concerns])
    known = await queries.known(session, {id for item in items for id in _looked_at(item, locked)})
    earlier = await _late(session, items)
    decided: dict[UUID, Decision] = {}
    changes: list[Applied] = []
    for item in items:
        try:
            _check(item, facts)
            if item.id in earlier:
                continue
            if item.later:
                raise NothingLater(field="later", rule="as listed")
            steps = lineage.steps(locked, item, known, facts.today)
        except Problem as problem:
            decided[item.id] = problem
            continue
        joins = facts.joining.get(item.id) if item.kind == "member_added" else None
        for before, now, change in steps:
            changes.append(applied(before, now, replace(change, joins=joins), through))
        decided[item.id] = "accepted"
    if write:
        for one in changes:
            note(session, one)
        await apply(session, changes)
    for item in items:
        if item.id in earlier and item.id not in decided:
            decided[item.id] = await _made_late(session, item, facts, through, write=write)
    return decided


def _check(item: ChangeIn, facts: _Facts) -> None:
    """Raises what stands against a change, whatever the households are."""
    rules.check_common(item, facts.today)
    if item.id in facts.clashes:
        raise facts.clashes[item.id]


async def _late(session: AsyncSession, items: Sequence[ChangeIn]) -> set[UUID]:
    """The changes of a day before others of the same household or person, and those that cancel one."""
    homes = {id for item in items for id in item.concerns}
    days, of_people = await past.latest(session, homes, {id for item in items for id in _persons(item)})
    return {
        item.id
        for item in items
        if item.kind == CANCELLATION
        or any(item.effective_on < days[id] for id in item.concerns if id in days)
        or any(item.effective_on < of_people[id] for id in _persons(item) if id in of_people)
    }


async def _made_late(
    session: AsyncSession, item: ChangeIn, facts: _Facts, through: Through, *, write: bool
) -> Decision:
    joins = facts.joining.get(item.id) if item.kind == "member_added" else None
    try:
        await late.change(session, item, set(_persons(item)), joins, through, facts.today, write=write)
    except Problem as problem:
        return problem
    return "accepted"


async def _done_before(session: AsyncSession, items: Sequence[ChangeIn]) -> dict[UUID, Decision]:
    done = await queries.done(session, [item.id for item in items])
    decided: dict[UUID, Decision] = {}
    for item in items:
        if before := done.get(item.id):
            said = (item.household_id, item.kind, item.reason, item.effective_on)
            same = said == (before.household_id, before.kind, before.reason, before.effective_on)
            decided[item.id] = "unchanged" if same else ChangeDiffers(field="id", rule="one id, one change")
    return decided


async def _facts(session: AsyncSession, keys: KeyRing, items: Sequence[ChangeIn], today: date) -> _Facts:
    joining = {item.id: person_row(item.member, keys) for item in items if item.member}
    clashes = await _clashes(session, items, joining) | await _places(session, items)
    clashes |= await _unknown_words(session, items, today)
    return _Facts(joining, clashes, today)


def _looked_at(item: ChangeIn, locked: Mapping[UUID, Household]) -> Iterator[UUID]:
    """The persons whom a change is judged by: those it names, and where a head follows everybody of the household."""
    if item.kind != "member_left":
        yield from _persons(item)
    if item.successor_id and (household := locked.get(item.household_id)):
        yield from (member.id for member in household.members)


def _persons(item: ChangeIn) -> Iterator[UUID]:
    if item.person_id:
        yield item.person_id
    for members in (item.split and item.split.members, item.merge and item.merge.members, item.members):
        yield from (one.person_id for one in members or ())


async def _clashes(
    session: AsyncSession, items: Sequence[ChangeIn], joining: dict[UUID, PersonRow]
) -> dict[UUID, Problem]:
    """By which field a newcomer, or a household that splits off, is registered already or named twice here."""
    splits = {item.id: item.split for item in items if item.split}
    new = {id: {f"number:{split.number}", f"household:{split.id}"} for id, split in splits.items()}
    wanted = {one.key for row in joining.values() for one in uniques_of(row)}
    taken = await households.taken(session, wanted.union(*new.values()) if new else wanted)
    clashes: dict[UUID, Problem] = {}
    for id, row in joining.items():
        if clash := next((one.field for one in uniques_of(row) if one.key in taken), None):
            clashes[id] = PersonRegistered(field=f"member.{clash}", rule="once in the register")
        taken |= {one.key for one in uniques_of(row)}
    for id, keys in new.items():
        if keys & taken:
            clashes[id] = NumberTaken(field="split.number", rule="once in the register")
        taken |= keys
    return clashes


async def _places(session: AsyncSession, items: Sequence[ChangeIn]) -> dict[UUID, Problem]:
    """Changes into a village that does not exist or lies outside the caller's division."""
    named = {item.id: item.division or (item.split.division if item.split else None) for item in items}
    wanted = {id: code for id, code in named.items() if code}
    exist = await households.existing_divisions(session, wanted.values())
    return {
        id: NoSuchVillage(field="division")
        if caller_of(session).covers(code)
        else DivisionForbidden(field="division")
        for id, code in wanted.items()
        if code not in exist or not caller_of(session).covers(code)
    }


async def _unknown_words(session: AsyncSession, items: Sequence[ChangeIn], today: date) -> dict[UUID, Problem]:
    """Households that split off with an attribute or a cause that no list has, neither national nor of the county."""
    found: dict[UUID, Problem] = {}
    homes = await queries.homes(session, {item.household_id for item in items if item.split})
    for item in items:
        if not item.split or not (home := homes.get(item.household_id)):
            continue
        # The words of any year: the household that splits off keeps the day on which the old one was identified.
        faults = list(split_faults(item.split.attribute, item.split.main_cause, date.min, today))
        if left := await codes.remaining(await raw(session), home.division, today, faults):
            found[item.id] = refusal(HouseholdNotAcceptable, left, "split")
    return found
