"""The steps of a reconciliation: open the workbook, read the list stretch by stretch beside the register, find who is
not on it; decide many differences; forget.

Nothing of the file is kept once it is compared: a household that differs is, sealed.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from typing import cast

from pydantic import TypeAdapter, ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.comparison import queries as comparison
from services.registry.exchange.comparison.schemas import HouseholdLine
from services.registry.exchange.comparison.service import compare
from services.registry.exchange.imports import gather
from services.registry.exchange.imports.lines import household_values
from services.registry.exchange.imports.load import known_in
from services.registry.exchange.imports.records import Bad, HouseholdLines, Known
from services.registry.exchange.imports.rules import check, place, placed, shape, unreadable
from services.registry.exchange.imports.survey import survey
from services.registry.exchange.layouts.rules import expected, plan_of
from services.registry.exchange.reconciliations import queries, rules, service
from services.registry.exchange.reconciliations.records import Found, Kept, Listed, Reconciliation, Stage
from services.registry.exchange.reconciliations.settle import sealed, settle
from services.registry.register.fields.records import Fault
from services.registry.register.households import queries as households
from services.registry.register.households import register
from services.registry.register.households.schemas import HouseholdIn
from shared.database.session import caller_of, keys_of
from shared.jobs import Job, Progress
from shared.names.divisions import within
from shared.problems import Invalid, Problem
from shared.security.crypto import KeyRing
from shared.sheets import queries as files
from shared.sheets import read
from shared.sheets.receive import open_workbook
from shared.sheets.records import DataFile, Mistake

_STAGE = TypeAdapter(Stage)


class NothingListed(Invalid):
    slug = "nothing-listed"
    zh = "文件中没有一户，不能核对；请确认下载的名单有内容后重新上传"
    en = "There is no household in this file: see that the list is not empty and send it again"


LINES, BATCH = 20_000, 400
DECIDED = 200  # differences decided in one step


async def reconcile(session: AsyncSession, job: Job) -> Progress:
    """One stretch of the list, or another phase as a whole."""
    stage = _STAGE.validate_python(job.state)
    asked = await queries.get(session, job.id)
    assert asked
    file = await files.get(session, asked.id)
    keys = keys_of(session)
    if stage.phase == "start":
        file = await open_workbook(session, keys, file, expected(asked.given))
        await service.note_layout(session, file, asked)
        apart, _ = await survey(session, keys, asked.given, file)
        await queries.note_apart(session, asked.id, apart)
        return Progress(Stage("compare").to_json(), done=0, total=file.bytes)
    rows = await read.rows(session, keys, file, stage.position, LINES)
    plan = plan_of(rows.table.header.columns, asked.given)
    source = f"reconciliation:{asked.id}"
    known = await known_in(session, keys, asked.division, asked.given, plan, source=source)
    found = gather.households(rows, known.plan, file, asked.apart)
    for start in range(0, len(found), BATCH):
        await _compare(session, asked, known, found[start : start + BATCH])
    position = rows.start.after(rows.lines[: gather.behind(rows, found)])
    if not rows.over:
        return Progress(Stage("compare", position).to_json(), done=position.offset, total=file.bytes)
    return await _finish(session, asked, file)


async def settle_many(session: AsyncSession, job: Job) -> Progress:
    """Decide some hundred of the differences that were asked for; the result says how many became what."""
    body = service.asked_of(job.args["asked"])
    asked = await service.open_one(session, job.id_of("reconciliation_id"))
    after = job.state.get("after") or ["", "", "00000000-0000-0000-0000-000000000000"]
    assert isinstance(after, list)
    bound: dict[str, object] = dict(zip(("after_division", "after_number", "after_id"), after, strict=True))
    bound |= {"of": asked.id, "kind": body.kind, "field": body.field, "proposal": body.proposal, "state": None}
    place = body.division or caller_of(session).division
    chosen = list((await session.execute(queries.CHOSEN, bound | within(place) | {"limit": DECIDED})).scalars())
    decision = service.decision_of(body)
    decided = await settle(session, keys_of(session), asked, dict.fromkeys(chosen, decision))
    done, became = job.done + len(decided), _counts(job.state.get("became"))
    became.update("refused" if isinstance(one, Problem) else one for one in decided.values())
    if len(chosen) < DECIDED:
        result: dict[str, object] = {"reconciliation": str(asked.id)}
        return Progress(done=done, total=done, finished=True, result=result | became)
    last = (await session.execute(queries.PLACE, {"id": chosen[-1]})).one()
    return Progress({"after": [last.division, last.number, str(last.id)], "became": dict(became)}, done=done)


def _counts(said: object) -> Counter[str]:
    """How many differences became what so far, as a job keeps it."""
    return Counter(cast("dict[str, int]", said or {}))


async def forget(session: AsyncSession, job: Job) -> Progress:
    """Drop what differed when its days are over."""
    id = job.id_of("reconciliation_id")
    if await queries.is_over(session, id):
        await queries.forget(session, id, await service.counted(session, id))
        await files.forget(session, id)  # of a list that could not be compared
    return Progress(finished=True, result={"reconciliation": str(id)})


async def _compare(
    session: AsyncSession, asked: Reconciliation, known: Known, lines: Sequence[HouseholdLines]
) -> None:
    """Compare some households of the list, and keep those that differ."""
    listed, mistakes = await asyncio.to_thread(_read, known, lines)
    silent = {number: one.silent for one in lines if (number := one.cells["number"])}
    there = await compare(session, known.keys, listed, silent)
    fresh = [one for one in listed if one.number not in there]
    villages = {code: name for name, places in known.places.named.items() for code, *_ in places}

    def index(number: str) -> str | None:
        return register.number_index(number, known.keys)

    found: list[Found] = []
    for beside in there.values():
        found += rules.differing(beside, asked.as_of, villages, index)
    found += await _new(session, known.keys, asked, fresh)
    found = await explained(session, found)
    differ = {one.number for one in found}
    kept = [
        Kept(
            number=str(one.number),
            division=there[one.number].home.division if one.number in there else _place_of(one, asked),
            household_id=there[one.number].home.id if one.number in there else None,
            listed_in=one.division,
            silent=sorted(silent[str(one.number)]),
            content=sealed(one, asked.id, known.keys),
        )
        for one in listed
        if one.number in differ
    ]
    read = {str(one.number) for one in listed}
    numbers = {number for one in lines if (number := one.cells["number"])}
    await queries.note_seen(session, asked, {number: number in read for number in numbers})
    await queries.keep(session, asked.id, kept, found)
    persons = sum(len(one.members) for one in lines) if known.plan.layout.a_line == "person" else 0
    same = len(listed) - len(differ)
    await queries.count(session, asked.id, len(lines), persons, same, len(lines) - len(listed))
    await files.note_mistakes(session, asked.id, caller_of(session).division, mistakes)


def _place_of(one: Listed, asked: Reconciliation) -> str:
    return one.division or asked.division


def _read(known: Known, lines: Sequence[HouseholdLines]) -> tuple[list[Listed], list[Mistake]]:
    """The households that could be read, and what is wrong with the others."""
    listed: list[Listed] = []
    mistakes: list[Mistake] = []
    for one in lines:
        if known.plan.layout.a_line == "person":
            checked = check(one, known, load=False)
            if isinstance(checked, Bad):
                mistakes += checked.mistakes
            else:
                listed.append(checked.household)
            continue
        line, wrong = _line(one, known)
        mistakes += wrong
        if line is not None and not wrong:
            listed.append(line)
    return listed, mistakes


def _line(one: HouseholdLines, known: Known) -> tuple[HouseholdLine | None, list[Mistake]]:
    """A line of a household table."""
    values, faults = household_values(one, known.plan, known.given)
    if one.cells["number"] is None:
        faults.append(Fault("number", "required", "须填户编号", "is required"))
    elif len(one.lines) > 1:
        faults.append(Fault("number", "a line a household", "此户在文件中有几行", "has several lines in this file"))
    values |= {name: cell for name in ("head", "head_number", "size") if (cell := one.cells.get(name)) is not None}
    if values.get("division") is not None or one.cells.get("village") is not None:
        faults += place(values, one, known)
    wrong = [placed(one, known.plan, fault) for fault in faults] + unreadable(one) + one.misplaced
    values = {key: value for key, value in values.items() if key in HouseholdLine.model_fields}
    try:
        return HouseholdLine.model_validate(values), wrong
    except ValidationError as problem:
        return None, wrong or [shape(one, known.plan, item) for item in problem.errors(include_url=False)]


async def _new(session: AsyncSession, keys: KeyRing, asked: Reconciliation, fresh: Sequence[Listed]) -> list[Found]:
    """Households of the list that are not registered within sight, and where their members are."""
    numbers = {one.number: [f"number:{one.number}"] for one in fresh}
    indexes: dict[str, dict[str, str]] = {}
    for one in fresh:
        if isinstance(one, HouseholdIn):
            numbers[one.number] += [unique.key for unique in register.uniques(one, keys) if unique.field != "id"]
        known = {member.name: register.number_index(member.identity_number, keys) for member in one.members}
        indexes[one.number or ""] = {name: index for name, index in known.items() if index}
    taken = await households.taken(session, {key for some in numbers.values() for key in some})
    where = await comparison.elsewhere(session, {index for some in indexes.values() for index in some.values()})
    found = []
    for one in fresh:
        elsewhere = {name: where[index] for name, index in indexes[one.number or ""].items() if index in where}
        is_taken = not taken.isdisjoint(numbers[one.number])
        found.append(rules.new(one, _place_of(one, asked), elsewhere, asked.as_of, taken=is_taken))
    return found


async def explained(session: AsyncSession, found: Sequence[Found]) -> list[Found]:
    """The differences, with what is under way about their households."""
    pending = await queries.pending(session, {one.household_id for one in found if one.household_id})
    return [rules.with_why(one, pending.get(one.household_id) if one.household_id else None) for one in found]


async def _finish(session: AsyncSession, asked: Reconciliation, file: DataFile) -> Progress:
    """Who is registered and not on the list; then the list is forgotten. Raises NothingListed (422)."""
    if await queries.listed(session, asked.id) == 0:
        raise NothingListed(rule="at least one household")
    found = [rules.gone(one, asked.as_of) for one in await queries.gone(session, asked)]
    await queries.keep(session, asked.id, (), await explained(session, found))
    await queries.finish(session, asked.id)
    await files.forget(session, asked.id)
    total = file.bytes
    return Progress({}, done=total, total=total, finished=True, result={"reconciliation": str(asked.id)})
