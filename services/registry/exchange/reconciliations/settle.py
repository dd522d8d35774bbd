"""Decide differences: keep the register as it is, or take the list's word through the register's own entrances.

Each is judged again first, for the register goes on: what does not differ any more is told so and nothing is done.
What the list says becomes changes and corrections like any other, under the rule of who may and by two people where
that is the rule; one that is refused leaves the others alone and says why.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID, uuid5

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.comparison import queries as comparison
from services.registry.exchange.comparison.rules import Beside
from services.registry.exchange.comparison.schemas import HouseholdLine
from services.registry.exchange.comparison.service import compare
from services.registry.exchange.imports import queries as imports
from services.registry.exchange.reconciliations import queries, rules
from services.registry.exchange.reconciliations.records import (
    CONTENT,
    Decision,
    Difference,
    Kept,
    Listed,
    Reconciliation,
    Settled,
)
from services.registry.register.changes import ask
from services.registry.register.changes.records import ENTERS
from services.registry.register.changes.schemas import ChangeIn, Relative
from services.registry.register.codes import reasons
from services.registry.register.households import correct, members
from services.registry.register.households.register import number_index
from services.registry.register.households.rules import HEAD, FactsNotAcceptable, born_of
from services.registry.register.households.schemas import HouseholdIn, HouseholdPatch, MemberPatch
from shared.database.session import caller_of
from shared.http.items import Outcome
from shared.problems import Conflict, Invalid, NotFound, Problem
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.workflow.separation import is_same_person

# Why somebody leaves the household where they were registered, by why they join another.
_LEAVES = {"married_in": "married_out", "registered_here": "registered_elsewhere"}
_LEAVES_OTHERWISE = "gone_other"
_NO_CORRECTION = frozenset({"number"})  # of a member: nobody corrects it by a list


class NoSuchDifference(NotFound):
    slug, zh, en = (
        "no-such-difference",
        "这次核对中没有这项差异",
        "There is no such difference in this reconciliation",
    )


class DecidedAlready(Conflict):
    slug, zh, en = "difference-decided", "这项差异已经办结", "This difference is decided already"


class ReasonNeeded(Invalid):
    slug = "reason-needed"
    zh = "名单没有说明原因，请核实后选择原因（如死亡、婚出、户籍迁出、错评剔除）"
    en = "The list does not say why: find out, and give the reason of the change"


class NotByThisList(Invalid):
    slug = "not-by-this-list"
    zh = "这一项不能按名单直接办理，请用人员名单核对到人，或在信息更正中办理"
    en = "This cannot be taken from the list: compare a list of persons, or correct it by itself"


@dataclass(frozen=True, slots=True)
class _Chosen:
    """A difference that is to be done as the list says."""

    difference: Difference
    decision: Decision
    listed: Listed | None
    beside: Beside | None
    as_of: date

    @property
    def id(self) -> UUID:
        return self.difference.id

    @property
    def day(self) -> date:
        """From when it is so: the day that was given, or that of the list."""
        return self.decision.effective_on or self.as_of

    @property
    def reason(self) -> str | None:
        return self.decision.reason or self.difference.reason


async def settle(
    session: AsyncSession, keys: KeyRing, asked: Reconciliation, decisions: Mapping[UUID, Decision]
) -> dict[UUID, Outcome | Problem]:
    """What becomes of each difference that somebody decides; the same again is "unchanged"."""
    found = await queries.to_decide(session, asked.id, list(decisions))
    decided: dict[UUID, Outcome | Problem] = {id: NoSuchDifference(field="id") for id in decisions}
    fresh: list[Difference] = []
    for one in found:
        before = _before(one, decisions[one.id], caller_of(session).subject)
        if before is None:
            fresh.append(one)
        else:
            decided[one.id] = before
    settled = {one.id: Settled("kept") for one in fresh if not decisions[one.id].accept}
    accepted = [one for one in fresh if decisions[one.id].accept]
    done, problems = await _accept(session, keys, asked, accepted, decisions)
    settled |= done
    await _note(session, fresh, settled, decisions)
    decided |= {id: problems.get(id) or _OUTCOME[became.state] for id, became in settled.items()}
    return decided


_OUTCOME: Mapping[str, Outcome] = {
    "kept": "accepted",
    "accepted": "accepted",
    "waiting": "waiting",
    "stale": "unchanged",
    "refused": "refused",
}


def _before(one: Difference, decision: Decision, actor: str) -> Outcome | Problem | None:
    """What was decided before and stands; None where it can be decided (again)."""
    if one.state in ("accepted", "waiting"):
        same = decision.accept and is_same_person(one.decided_by or "", actor)
        return "unchanged" if same else DecidedAlready(field="id", rule="once")
    if one.state == "kept" and not decision.accept:
        return "unchanged"
    return None


async def _note(
    session: AsyncSession,
    fresh: Sequence[Difference],
    settled: Mapping[UUID, Settled],
    decisions: Mapping[UUID, Decision],
) -> None:
    grounds: dict[str, dict[UUID, Settled]] = defaultdict(dict)
    for one in fresh:
        grounds[decisions[one.id].ground][one.id] = settled[one.id]
        audit.record(
            session,
            f"difference.{settled[one.id].state}",
            "difference",
            one.id,
            one.division,
            after={"kind": one.kind, "field": one.field, "number": one.number},
            reason=decisions[one.id].ground,
        )
    for ground, some in grounds.items():
        await queries.note(session, some, ground)


async def _accept(
    session: AsyncSession,
    keys: KeyRing,
    asked: Reconciliation,
    accepted: Sequence[Difference],
    decisions: Mapping[UUID, Decision],
) -> tuple[dict[UUID, Settled], dict[UUID, Problem]]:
    """Do what the list says, household by household."""
    if not accepted:
        return {}, {}
    numbers = {one.number for one in accepted}
    kept = await queries.kept(session, asked.id, numbers)
    listed = {number: opened(one, asked.id, keys) for number, one in kept.items()}
    silent = {number: frozenset(one.silent) for number, one in kept.items()}
    there = await compare(session, keys, list(listed.values()), silent)
    stand = await _standing(session, keys, asked, numbers, listed, there)
    settled: dict[UUID, Settled] = {}
    problems: dict[UUID, Problem] = {}
    chosen = []
    for one in accepted:
        if one.key not in stand[one.number]:
            settled[one.id] = Settled("stale")
            continue
        chosen.append(_Chosen(one, decisions[one.id], listed.get(one.number), there.get(one.number), asked.as_of))
    changes: dict[UUID, list[ChangeIn]] = {}
    corrections: list[_Chosen] = []
    for pick in chosen:
        try:
            if pick.difference.kind in ("household", "member"):
                corrections.append(_correctable(pick))
            else:
                changes[pick.id] = list(_changes(pick))
        except Problem as problem:
            problems[pick.id] = problem
    made = await ask.decided(session, keys, [item for some in changes.values() for item in some], named=True)
    for id, items in changes.items():
        outcomes = [made[item.id] for item in items]
        against = [one for one in outcomes if isinstance(one, Problem)]
        if against:
            problems[id] = against[0]
        else:
            settled[id] = Settled("waiting" if "waiting" in outcomes else "accepted", change_id=items[-1].id)
    await _correct(session, keys, corrections, settled, problems)
    settled |= {
        id: Settled("refused", (problem.sentence("zh"), problem.sentence("en"))) for id, problem in problems.items()
    }
    return settled, problems


async def _standing(
    session: AsyncSession,
    keys: KeyRing,
    asked: Reconciliation,
    numbers: set[str],
    listed: Mapping[str, Listed],
    there: Mapping[str, Beside],
) -> Mapping[str, set[tuple[str, ...]]]:
    """What differs now, by household number."""
    villages = {
        code: name
        for name, some in (await imports.places(session, asked.division)).named.items()
        for code, *_ in some
    }

    def index(number: str) -> str | None:
        return number_index(number, keys)

    stand: dict[str, set[tuple[str, ...]]] = {number: set() for number in numbers}
    for number, beside in there.items():
        stand[number] = {one.key for one in rules.differing(beside, asked.as_of, villages, index)}
    for number, one in listed.items():
        if number not in there:
            stand[number].add(rules.new(one, "", {}, asked.as_of).key)
    missing = [number for number in numbers if number not in listed]
    for number, home in (await comparison.homes(session, keys, missing)).items():
        if home.status != "removed":
            stand[number].add(rules.GONE)
    return stand


def _changes(pick: _Chosen) -> Iterator[ChangeIn]:
    """The changes by which the register becomes as the list says. Raises ReasonNeeded, NotByThisList (422)."""
    one, beside, listed = pick.difference, pick.beside, pick.listed
    id, said = uuid5(one.id, f"{pick.reason}:{pick.day}"), {"ground": pick.decision.ground, "source": "file"}
    reason = pick.reason
    if reason is None:
        raise ReasonNeeded(field="reason", rule="required")
    if one.kind == "new":
        if not isinstance(listed, HouseholdIn):
            raise NotByThisList(field="id", rule="a list of persons")
        kind = next(iter(reasons().get(reason, ENTERS) & ENTERS), "registration")
        day = pick.decision.effective_on or listed.identified_on
        yield _change(id, kind, listed.id, day, reason, household=listed, **said)
        return
    assert one.household_id
    home = one.household_id
    if one.kind in ("gone", "removed"):
        kind = "removal" if one.kind == "gone" else "restoration"
        yield _change(id, kind, home, pick.day, reason, **said)
        return
    assert beside
    compared = beside.compared
    if one.kind == "moved":
        yield _change(id, "move", home, pick.day, reason, division=compared.given.division, **said)
    elif one.kind == "head":
        new = UUID(one.person)
        related = _relatives(beside, but=frozenset({new}))
        yield _change(id, "head_changed", home, pick.day, reason, successor_id=new, relations=related, **said)
    elif one.kind == "left":
        yield _change(id, "member_left", home, pick.day, reason, **_leaving(beside, UUID(one.person)), **said)
    else:
        yield from _joining(pick, beside, id, reason, said)


def _leaving(beside: Beside, person: UUID) -> dict[str, object]:
    """Who leaves; where it is the head, who follows on the list, and how the others are related to them there."""
    leaving = next(one for one in beside.home.members if one.id == person)
    new_head = rules.successor(beside.compared)
    if leaving.relation != HEAD or new_head is None:
        return {"person_id": person}
    related = _relatives(beside, but=frozenset({person, new_head.id}))
    return {"person_id": person, "successor_id": new_head.id, "relations": related}


def _relatives(beside: Beside, *, but: frozenset[UUID]) -> list[Relative]:
    found = rules.listed_relations(beside.compared, but=but)
    return [Relative(person_id=id, relation=relation) for id, relation in found]


def _joining(pick: _Chosen, beside: Beside, id: UUID, reason: str, said: Mapping[str, object]) -> Iterator[ChangeIn]:
    """Somebody joins: a newcomer, or somebody who is registered and leaves where they lived."""
    home = beside.home
    for position in beside.compared.strangers:
        member, known = beside.compared.given.members[position], beside.elsewhere.get(position)
        if rules.person_of(member, beside.compared.number_index) != pick.difference.person:
            continue
        day = pick.decision.effective_on
        if day is None:
            born = born_of(member) if reason == "birth" else None
            day = max(born, home.identified_on) if born else pick.as_of
        if known is None:
            yield _change(id, "member_added", home.id, day, reason, member=member, **said)
            return
        if known.household_id is not None:
            leaves = _LEAVES.get(reason, _LEAVES_OTHERWISE)
            first = uuid5(id, "leaves")
            yield _change(first, "member_left", known.household_id, day, leaves, person_id=known.person_id, **said)
        yield _change(
            id, "member_added", home.id, day, reason, person_id=known.person_id, relation=member.relation, **said
        )
        return


def _change(id: UUID, kind: str, home: UUID, day: date, reason: str, **more: object) -> ChangeIn:
    said = {"id": id, "kind": kind, "household_id": home, "effective_on": day, "reason": reason}
    return ChangeIn.model_validate(said | more)


def _correctable(pick: _Chosen) -> _Chosen:
    """Raises NotByThisList (422)."""
    one = pick.difference
    if one.field in (rules.BY_LIST_OF_PERSONS if one.kind == "household" else _NO_CORRECTION):
        raise NotByThisList(field="id", rule="a fact that is corrected")
    return pick


async def _correct(
    session: AsyncSession,
    keys: KeyRing,
    corrections: Sequence[_Chosen],
    settled: dict[UUID, Settled],
    problems: dict[UUID, Problem],
) -> None:
    """Correct what the list says otherwise: all of a household or a member together, else one by one."""
    together: dict[tuple[object, ...], list[_Chosen]] = defaultdict(list)
    for pick in corrections:
        one = pick.difference
        together[one.household_id, one.person, pick.day, pick.decision.ground].append(pick)
    for some in together.values():
        problem = await _one(session, keys, some)
        if problem is None:
            settled |= {pick.id: Settled("accepted") for pick in some}
            continue
        for pick in some:
            alone = problem if len(some) == 1 else await _one(session, keys, [pick])
            if alone is None:
                settled[pick.id] = Settled("accepted")
            elif isinstance(alone, correct.NothingToCorrect):
                settled[pick.id] = Settled("stale")
            else:
                problems[pick.id] = alone


async def _one(session: AsyncSession, keys: KeyRing, some: Sequence[_Chosen]) -> Problem | None:
    """Correct some facts of one household, or of one of its members; what stands against it."""
    first = some[0]
    assert first.beside
    home, one = first.beside.home, first.difference
    compared = first.beside.compared
    given: object = compared.given
    if one.kind == "member":
        at = next(position for position, person in compared.persons.items() if str(person.id) == one.person)
        given = compared.given.members[at]
    said: dict[str, object] = {pick.difference.field: getattr(given, pick.difference.field) for pick in some}
    day = max(first.day, home.identified_on)
    about = {"effective_on": day, "ground": first.decision.ground, "source": "file"}
    version = f'"{(await queries.versions(session, [home.id]))[home.id]}"'
    try:
        if one.kind == "household":
            await correct.correct_household(
                session, keys, home.id, HouseholdPatch.model_validate(about | said), version
            )
        else:
            patch = MemberPatch.model_validate(about | said)
            await members.correct_member(session, keys, home.id, UUID(one.person), patch, version)
    except Problem as problem:
        return problem
    except ValidationError:
        return FactsNotAcceptable(field=one.field, rule="a value that the register takes", count=len(some))
    return None


def opened(one: Kept, id: UUID, keys: KeyRing) -> Listed:
    """A household as the list has it, in the village that its village has become."""
    said = keys.decrypt(one.content, field=CONTENT, record=f"{id}:{one.number}")
    model = HouseholdIn if '"members"' in said else HouseholdLine
    listed: Listed = model.model_validate_json(said)
    return listed.model_copy(update={"division": one.listed_in})


def sealed(one: Listed, id: UUID, keys: KeyRing) -> str:
    """A household of the list, encrypted."""
    return keys.encrypt(one.model_dump_json(exclude_unset=True), field=CONTENT, record=f"{id}:{one.number}")
