"""Decide differences: keep the register as it is, or take the list's word through the register's own entrances.

Each is judged again first, for the register goes on: what does not differ any more is told so and nothing is done.
What the list says becomes changes and corrections like any other, under the rule of who may and by two people where
that is the rule; one that is refused leaves the others alone and says why.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.comparison import queries as comparison
from services.registry.exchange.comparison.records import Home
from services.registry.exchange.comparison.rules import Beside
from services.registry.exchange.comparison.schemas import HouseholdLine
from services.registry.exchange.comparison.service import compare
from services.registry.exchange.imports import queries as imports
from services.registry.exchange.reconciliations import queries, rules
from services.registry.exchange.reconciliations.enact import LaterKnown, NotByThisList, Pick, changes_of, with_cure
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
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.households import correct, members
from services.registry.register.households.register import number_index
from services.registry.register.households.rules import FactsNotAcceptable
from services.registry.register.households.schemas import HouseholdIn, HouseholdPatch, MemberPatch
from shared.database.session import attempt, caller_of
from shared.http.items import Outcome
from shared.problems import Conflict, NotFound, Problem
from shared.security import audit
from shared.security.crypto import KeyRing
from shared.workflow.separation import is_same_person

_NO_CORRECTION = frozenset({"number"})  # of a member: nobody corrects it by a list


class NoSuchDifference(NotFound):
    slug, zh, en = (
        "no-such-difference",
        "这次核对中没有这项差异",
        "There is no such difference in this reconciliation",
    )


class DecidedAlready(Conflict):
    slug, zh, en = "difference-decided", "这项差异已经办结", "This difference is decided already"


class OutOfSight(Conflict):
    slug = "out-of-sight"
    zh = "该户已迁出您的辖区，请由现居村所在乡镇或县级办理"
    en = "The household has moved out of your division: the office where it lives, or one above, decides"


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
    stand, homes = await _standing(session, keys, asked, numbers, listed, there)
    settled: dict[UUID, Settled] = {}
    problems: dict[UUID, Problem] = {}
    changes: dict[UUID, list[ChangeIn]] = {}
    corrections: list[Pick] = []
    seen = await queries.versions(session, {one.household_id for one in accepted if one.household_id})
    for one in accepted:
        if one.household_id and one.household_id not in seen:
            problems[one.id] = OutOfSight(field="id", rule="in your division")
            continue
        if one.key not in stand[one.number]:
            settled[one.id] = Settled("stale")
            continue
        at = one.number
        pick = Pick(one, decisions[one.id], listed.get(at), there.get(at), homes.get(at), asked.as_of)
        try:
            if one.kind in ("household", "member"):
                corrections.append(_correctable(pick))
            else:
                changes[pick.id] = list(changes_of(pick))
        except Problem as problem:
            problems[pick.id] = problem
    await _change(session, keys, accepted, changes, settled, problems)
    await _correct(session, keys, corrections, settled, problems)
    settled |= {
        id: Settled("refused", (problem.account("zh"), problem.account("en"))) for id, problem in problems.items()
    }
    return settled, problems


async def _change(
    session: AsyncSession,
    keys: KeyRing,
    accepted: Sequence[Difference],
    changes: dict[UUID, list[ChangeIn]],
    settled: dict[UUID, Settled],
    problems: dict[UUID, Problem],
) -> None:
    """Make the changes of each difference. Who moves over leaves one household and joins another: both or neither."""
    kinds = {one.id: one.kind for one in accepted}
    missing = {UUID(one.person): one.id for one in accepted if one.kind == "left"}
    for id in [id for id, items in changes.items() if len(items) > 1]:
        leaves, joins = changes.pop(id)
        gone = missing.get(leaves.person_id) if leaves.person_id else None
        if gone in changes:  # as is said of them where they are missing
            [leaves] = changes.pop(gone)
        elif gone:
            problems.pop(gone, None)
        ids = [id, gone] if gone else [id]
        if against := await _together(session, keys, [leaves, joins]):
            problems |= dict.fromkeys(ids, with_cure("joined", against))
        else:
            settled |= dict.fromkeys(ids, Settled("accepted", change_id=joins.id))
    made = await ask.decided(session, keys, [item for [item] in changes.values()], named=True)
    for id, [item] in changes.items():
        outcome = made[item.id]
        if isinstance(outcome, Problem):
            problems[id] = with_cure(kinds[id], outcome)
        else:
            settled[id] = Settled("waiting" if outcome == "waiting" else "accepted", change_id=item.id)


async def _together(session: AsyncSession, keys: KeyRing, items: Sequence[ChangeIn]) -> Problem | None:
    """Make changes of which each needs the others: all of them or none. What stands against it."""
    try:
        async with attempt(session):
            made = await ask.decided(session, keys, items, named=True)
            for item in items:
                if isinstance(outcome := made[item.id], Problem):
                    raise outcome
    except Problem as problem:
        return problem
    return None


async def _standing(
    session: AsyncSession,
    keys: KeyRing,
    asked: Reconciliation,
    numbers: set[str],
    listed: Mapping[str, Listed],
    there: Mapping[str, Beside],
) -> tuple[Mapping[str, set[tuple[str, ...]]], Mapping[str, Home]]:
    """What differs now, and the households that the list has not as they are now, by household number."""
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
    homes = await comparison.homes(session, keys, missing)
    for number, home in homes.items():
        if home.status != "removed":
            stand[number].add(rules.GONE)
    return stand, homes


def _correctable(pick: Pick) -> Pick:
    """Raises NotByThisList (422)."""
    one = pick.difference
    if one.field in (rules.BY_LIST_OF_PERSONS if one.kind == "household" else _NO_CORRECTION):
        raise NotByThisList(field="id", rule="a fact that is corrected")
    return pick


async def _correct(
    session: AsyncSession,
    keys: KeyRing,
    corrections: Sequence[Pick],
    settled: dict[UUID, Settled],
    problems: dict[UUID, Problem],
) -> None:
    """Correct what the list says otherwise: all of a household or a member together, else one by one."""
    together: dict[tuple[object, ...], list[Pick]] = defaultdict(list)
    for pick in corrections:
        one = pick.difference
        try:
            together[one.household_id, one.person, pick.corrected_on, pick.decision.ground].append(pick)
        except LaterKnown as later:
            problems[pick.id] = later
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


async def _one(session: AsyncSession, keys: KeyRing, some: Sequence[Pick]) -> Problem | None:
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
    about = {"effective_on": first.corrected_on, "ground": first.decision.ground, "source": "file"}
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
