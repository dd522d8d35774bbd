"""Open cases: which procedure is in force, for which subject, with which outcome."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from pydantic.main import IncEx
from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.database.rows import typed
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.words import LEVELS as LEVEL_WORDS
from shared.policy import Policy
from shared.problems import Conflict, Problem
from shared.security.auth import Caller
from shared.security.crypto import KeyRing
from shared.time import clock
from shared.words import Word
from shared.workflow import batches, queries, rules
from shared.workflow.kinds import Opening, Procedures
from shared.workflow.procedure import Procedure
from shared.workflow.schemas import IntakeIn, OpeningIn
from shared.workflow.store import note, of_row

_FIELD = "case.household"  # authenticated with what is encrypted, so it stays as it was named first


class CaseDiffers(Conflict):
    slug, zh, en = "case-differs", "此编号已用于另一办理事项", "This id stands for another case"


class AskedOtherwise(Conflict):
    slug, zh = "case-asked-otherwise", "该事项已提出，内容与此次不同；如需更正请补正材料"
    en = "This case was opened with other content; what is wrong is put right in the case"


class CaseOpen(Conflict):
    slug, zh, en = (
        "case-open",
        "该户（对象）已有正在办理的事项",
        "A case about this is open already",
    )


class BeginsWithList(Conflict):
    slug, zh = "begins-with-list", "此程序从“{intake}”开始，须列入名单后办理"
    en = "This procedure begins with '{intake}'"
    intake: Word


class NoListNeeded(Conflict):
    slug, zh, en = "no-list-needed", "此程序逐户提出，不从名单开始", "This procedure does not begin with a list"


async def open_all(
    session: AsyncSession, procedures: Procedures, keys: KeyRing, items: Sequence[OpeningIn]
) -> Answers:
    """Open cases; one open case a subject. Who opens a case proposes, and does not decide on it later."""
    return await _open(session, procedures, keys, items, None)


async def take_in(session: AsyncSession, procedures: Procedures, keys: KeyRing, body: IntakeIn[OpeningIn]) -> Answers:
    """Open the cases of a plan list together, and more of the same list later. The list is an office's, as the
    procedure says. Raises BatchDiffers (409).
    """
    await batches.same_list(session, body.id)
    return await _open(session, procedures, keys, body.items, body.id)


async def _open(
    session: AsyncSession,
    procedures: Procedures,
    keys: KeyRing,
    items: Sequence[OpeningIn],
    intake: UUID | None,
) -> Answers:
    today, caller = await clock.today(session), caller_of(session)
    openings = await _openings(session, procedures, keys, items, today)
    subjects = {id: one.subject.id for id, one in openings.items() if isinstance(one, Opening)}
    asked = {"ids": [item.id for item in items], "subjects": list(subjects.values())}
    known = (await session.execute(queries.KNOWN, asked)).all()
    by_id = {row.id: row for row in known}
    busy = {row.subject_id for row in known if row.status == "open"}
    used = await _policies(session, items, openings, today)
    fresh: dict[UUID, tuple[OpeningIn, Opening, Policy]] = {}

    def decide(item: OpeningIn) -> Outcome:
        opening, procedure = openings[item.id], used.get(item.id)
        if row := by_id.get(item.id):
            same = item.procedure == row.procedure and subjects.get(item.id, row.subject_id) == row.subject_id
            if not same:
                raise CaseDiffers(field="id", rule="one id, one case")
            if row.asked != _digest(item, keys):
                raise AskedOtherwise(field="id", rule="one id, one content")
            return "unchanged"
        if item.id in subjects and subjects[item.id] in busy:
            raise CaseOpen(field="household_id", rule="one at a time")
        for problem in (opening, procedure):
            if isinstance(problem, Problem):
                raise problem
        assert isinstance(opening, Opening)
        assert isinstance(procedure, Policy)
        _begins_as_it_should(procedure.read(Procedure), caller, listed=intake is not None)
        busy.add(opening.subject.id)
        fresh[item.id] = (item, opening, procedure)
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await _write(session, procedures, keys, list(fresh.values()), intake)
    return answers


def _begins_as_it_should(procedure: Procedure, caller: Caller, *, listed: bool) -> None:
    """Raises BeginsWithList, NoListNeeded, NotYourStep."""
    begins = procedure.intake
    if begins and not listed:
        raise BeginsWithList(field="procedure", rule="a plan list", intake=Word("intake", begins.zh, begins.en))
    if listed and not begins:
        raise NoListNeeded(field="procedure", rule="one by one")
    if begins and not rules.holds(begins.roles, begins.level, caller):
        raise rules.NotYourStep(field="procedure", rule="roles of the list", level=LEVEL_WORDS[begins.level])


async def _openings(
    session: AsyncSession, procedures: Procedures, keys: KeyRing, items: Sequence[OpeningIn], today: date
) -> dict[UUID, Opening | Problem]:
    found: dict[UUID, Opening | Problem] = {}
    for subjects in {kind.subjects for kind in procedures.kinds}:
        names = {kind.name for kind in procedures.kinds if kind.subjects is subjects}
        if mine := [item for item in items if item.procedure in names]:
            found |= await subjects(session, keys, mine, today)
    return found


async def _policies(
    session: AsyncSession, items: Sequence[OpeningIn], openings: Mapping[UUID, Opening | Problem], today: date
) -> dict[UUID, Policy | Problem]:
    """The procedure that is in force for each, resolved once for a division."""
    used: dict[tuple[str, str], Policy | Problem] = {}
    answer: dict[UUID, Policy | Problem] = {}
    for item in items:
        opening = openings[item.id]
        if isinstance(opening, Problem):
            continue
        key = (f"procedure.{item.procedure}", opening.division)
        if key not in used:
            try:
                used[key] = await policy.resolve(session, *key, today)
            except Problem as problem:
                used[key] = problem
        answer[item.id] = used[key]
    return answer


async def _write(
    session: AsyncSession,
    procedures: Procedures,
    keys: KeyRing,
    fresh: Sequence[tuple[OpeningIn, Opening, Policy]],
    intake: UUID | None,
) -> None:
    today, caller = await clock.today(session), caller_of(session)
    office = {"actor": caller.subject, "office": caller.division, "office_roles": sorted(caller.roles)}
    rows = [_row(item, opening, procedure, keys, today) | office for item, opening, procedure in fresh]
    await session.execute(queries.OPEN, rows)
    if intake:
        await batches.take_in(session, intake, {item.id: opening.division for item, opening, _ in fresh})
    found = await session.execute(queries.READ, {"ids": [item.id for item, _, _ in fresh]})
    for row in typed(queries.CaseRow, found):
        case = of_row(row)
        case.verb = "opened"
        note(session, procedures, case)


def _row(item: OpeningIn, opening: Opening, used: Policy, keys: KeyRing, today: date) -> dict[str, object]:
    first, secret, subject = used.read(Procedure).steps[0], opening.secret, opening.subject
    return {
        "id": item.id,
        "division": opening.division,
        "procedure": item.procedure,
        "outcome": opening.outcome,
        "subject_kind": subject.kind,
        "subject_id": subject.id,
        "name": subject.name,
        "born": subject.born,
        "size": subject.size,
        "category": subject.category,
        "secret": keys.encrypt(secret, field=_FIELD, record=str(item.id)) if secret else None,
        "facts": json.dumps(opening.facts, ensure_ascii=False),
        "ground": item.ground,
        "steps": json.dumps(used.value, ensure_ascii=False),
        "policies": json.dumps([used.reference()]),
        "step": first.step,
        "level": first.level,
        "captured_at": item.captured_at,
        "asked": _digest(item, keys),
        "day": today,
        "due_on": first.due(today),
    }


def _digest(item: OpeningIn, keys: KeyRing) -> bytes:
    """A keyed digest of what was sent to open a case, but for its id and when it was written down."""
    # What is not said leaves no trace in it, so a digest outlives fields that are added to an opening.
    left_out: Mapping[str, IncEx | bool] = {"id": True, "captured_at": True, "household": {"captured_at": True}}
    return keys.blind_index(item.model_dump_json(exclude=left_out, exclude_defaults=True), "case.asked")


def secret_of(keys: KeyRing, id: UUID, secret: str) -> str:
    """What was kept of persons, in plain text again."""
    return keys.decrypt(secret, field=_FIELD, record=str(id))
