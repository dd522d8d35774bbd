"""A stretch of a file: its households are compared with the register, and those that are good registered.

Each household that is new passes the rule of every entrance to the register (policy ``changes.direct``, no closed
year): in the check whatever office may release it, in the load for the office that has released it.
Of a household table the lines are corrections of households that are registered (``complete``).
"""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.exchange.comparison.records import Difference
from services.registry.exchange.comparison.service import compare
from services.registry.exchange.imports import complete, gather, queries, service
from services.registry.exchange.imports.ready import against, pack, ready, unpack
from services.registry.exchange.imports.records import (
    EXITED,
    NEW,
    SAME,
    WRONG,
    Bad,
    Counts,
    Good,
    HouseholdLines,
    Import,
    Known,
    Outcomes,
    Ready,
    Task,
    Written,
)
from services.registry.exchange.imports.rules import check, mistake, refused
from services.registry.exchange.layouts.records import Given, Plan
from services.registry.exchange.layouts.rules import plan_of
from services.registry.register.changes.consequences import follow_persons
from services.registry.register.changes.records import Through
from services.registry.register.changes.rules import not_directly
from services.registry.register.codes import service as codes
from services.registry.register.fields.records import Fault
from services.registry.register.households import queries as register_queries
from services.registry.register.households import register
from services.registry.register.households.records import Key
from shared.database.session import caller_of, raw
from shared.problems import Conflict
from shared.security.crypto import KeyRing
from shared.sheets import queries as files
from shared.sheets import read
from shared.sheets.records import Header, Mistake, Position
from shared.time import clock

LINES, BATCH = 20_000, 400
# In the check no office is too low, for it is not known yet who will release.
_ANY_OFFICE = ""
# Where a household is wrong by the rule of entrances: at its day, or as a whole.
_AT = {"effective_on": "identified_on"}
CORRECTIONS = 500  # lines of a household table in one step: each is a correction of its own


class RegisterMoved(Conflict):
    slug = "register-moved"
    zh = "检查之后登记库有变化，未导入任何数据，请重新导入"
    en = "The register changed after the check; nothing was loaded, please import again"


async def known(session: AsyncSession, keys: KeyRing, asked: Import, header: Header) -> Known:
    """What is known for the office that sent the file, whoever loads it: a village has one name there."""
    through: Through = "first_load" if asked.options.first_load else "direct"
    plan = plan_of(header.columns, asked.given)
    return await known_in(
        session, keys, asked.division, asked.given, plan, source=f"import:{asked.id}", through=through
    )


async def known_in(
    session: AsyncSession,
    keys: KeyRing,
    division: str,
    given: Given,
    plan: Plan,
    *,
    source: str,
    through: Through = "direct",
) -> Known:
    """What the households of a file are read and checked against in a division today."""
    today = await clock.today(session)
    return Known(
        plan=plan,
        given=given,
        keys=keys,
        places=await queries.places(session, division),
        local=await codes.lists(await raw(session), division, today),
        today=today,
        source=source,
        through=through,
    )


async def stretch(session: AsyncSession, task: Task, start: Position, *, load: bool) -> tuple[Position, bool]:
    """Check (and register) up to some thousand lines of one table; the position behind, and whether it was all.

    Raises RegisterMoved, or why the register does not take a household of a whole file, or YearClosedBefore (409).
    """
    if load and not task.completes:
        await queries.keep_years_open(session)
        if task.asked.options.first_load:
            await service.no_closed_year(session, task.asked.division)
    limit = CORRECTIONS if task.completes else LINES
    rows = await read.rows(session, task.known.keys, task.file, start, limit)
    found = gather.households(rows, task.known.plan, task.file, task.asked.apart)
    taken = rows.lines[: gather.behind(rows, found)]
    outcomes = Outcomes(rows.start.line)
    if task.completes:
        wrong = await complete.settle(session, task, found, outcomes, load=load)
        _whole_or_nothing(task, moved=load and wrong)
    else:
        kept = await _kept(session, task, found) if load else {}
        async for checked in _checked(task.known, found, kept, load=load):
            await _settle(session, task, checked, outcomes, load=load)
    await queries.keep_outcomes(session, task.asked, outcomes)
    return rows.start.after(taken), rows.over


async def _kept(session: AsyncSession, task: Task, found: list[HouseholdLines]) -> dict[int, Ready]:
    """What the check has kept of the households that were found, by their first line."""
    if not found:
        return {}
    lines = {one.first: one for one in found}
    sealed = await queries.ready(session, task.asked, against(task.known), found[0].first, found[-1].first + 1)

    def unpacked() -> dict[int, Ready]:
        return {
            first: ready
            for at, content in sealed
            for first, ready in unpack(content, task.known.keys, f"{task.asked.id}:{at}", lines)
        }

    return await asyncio.to_thread(unpacked)


async def _keep(session: AsyncSession, task: Task, new: Sequence[Good]) -> None:
    """Keep new households for the load."""
    if not new:
        return
    line = new[0].lines.first

    def packed() -> str:
        known = task.known
        return pack([ready(one, known) for one in new], known.keys, f"{task.asked.id}:{line}")

    content = await asyncio.to_thread(packed)
    await queries.keep_ready(session, task.asked, line, against(task.known), content)


async def _checked(
    known: Known, found: list[HouseholdLines], kept: Mapping[int, Ready], *, load: bool
) -> AsyncIterator[list[Good | Ready | Bad]]:
    """The households checked, some hundred at a time; the next are checked while the database settles these."""

    def check_from(start: int) -> list[Good | Ready | Bad]:
        return [kept.get(one.first) or check(one, known, load=load) for one in found[start : start + BATCH]]

    ahead = asyncio.ensure_future(asyncio.to_thread(check_from, 0))
    for start in range(BATCH, len(found) + BATCH, BATCH):
        checked = await ahead
        ahead = asyncio.ensure_future(asyncio.to_thread(check_from, start))
        yield checked
    await ahead


async def _settle(
    session: AsyncSession, task: Task, found: list[Good | Ready | Bad], outcomes: Outcomes, *, load: bool
) -> None:
    """Compare with the register and within the file, note what is wrong, register what is good."""
    asked, (checked, kept, taken) = task.asked, await _as_it_stands(session, task, found)
    bad = [one for one in checked if isinstance(one, Bad)]
    good = [one for one in checked if isinstance(one, Good)]
    silent = {one.number: one.lines.silent for one in good}
    there = await compare(session, task.known.keys, [one.household for one in good], silent) if good else {}
    fresh: list[Good | Ready] = [*kept, *(one for one in good if one.number not in there)]
    fresh.sort(key=lambda one: one.lines.first)
    keys = {unique.key for one in fresh if isinstance(one, Good) for unique in one.uniques}
    taken |= await register_queries.taken(session, keys)
    if not load:
        taken |= await queries.seen_before(session, asked, sorted(keys))
    await _judge(session, task, fresh, load=load)
    mistakes = [mistake for one in bad for mistake in one.mistakes]
    wrong, same = [one.lines for one in bad], dict[str, list[HouseholdLines]](registered=[], exited=[])
    said, new = dict[str, str](), list[Good | Ready]()
    for known in (one for one in good if one.number in there):
        beside = there[known.number]
        differences = beside.differences
        mistakes += [_differs(task.known, known, difference) for difference in differences]
        (wrong if differences else same[beside.home.status]).append(known.lines)
    for one in fresh:
        number = one.number
        if said.get(number) == one.digest:
            same["registered"].append(one.lines)
        elif conflicts := _conflicts(task.known, one, taken):
            mistakes += conflicts
            wrong.append(one.lines)
        elif problem := task.judged.get(one.entering):
            if load and asked.whole:
                raise problem
            mistakes.append(refused(one.lines, task.known.plan, problem, _AT.get(problem.field or "", "number")))
            wrong.append(one.lines)
        else:
            new.append(one)
            said[number] = one.digest
            taken |= {unique.key for unique in one.uniques}
    if load:
        _whole_or_nothing(task, moved=bool(wrong))
        await _register(session, [one.row for one in new if one.row])
    elif not asked.options.preview:
        await _keep(session, task, [one for one in new if isinstance(one, Good)])
    persons = sum(len(one.lines.members) for one in new)
    unchanged = sum(map(len, same.values()))
    counted = Counts(created=len(new), unchanged=unchanged, rejected=len(wrong), persons=persons)
    await queries.count(session, asked.id, counted)
    await files.note_mistakes(session, asked.id, asked.division, mistakes)
    outcomes.say(wrong, WRONG)
    outcomes.say(same["registered"], SAME)
    outcomes.say(same["exited"], EXITED)
    outcomes.say([one.lines for one in new], NEW)


async def _as_it_stands(
    session: AsyncSession, task: Task, found: Sequence[Good | Ready | Bad]
) -> tuple[list[Good | Bad], list[Ready], set[Key]]:
    """Households that are judged by what their lines say, those that are taken as they were kept, and which keys of
    these the register has by now. A household whose number it has is checked again, to be compared.
    """
    kept, checked = (
        [one for one in found if isinstance(one, Ready)],
        [one for one in found if not isinstance(one, Ready)],
    )
    if not kept:
        return checked, [], set()
    taken = await register_queries.taken(session, {unique.key for one in kept for unique in one.uniques})
    again = [one for one in kept if f"number:{one.number}" in taken]
    checked += [check(one.lines, task.known, load=True) for one in again]
    return checked, [one for one in kept if one not in again] if again else kept, taken


async def _register(session: AsyncSession, rows: Sequence[Written]) -> None:
    if rows:
        await register.write_texts(await raw(session), [row.text for row in rows], caller_of(session).subject)
        await follow_persons(session, [id for row in rows for id in row.invalid])


async def _judge(session: AsyncSession, task: Task, new: Sequence[Good | Ready], *, load: bool) -> None:
    """Learn whether households enter the register directly in their villages and years, and who may release them.

    A first load has a rule of its own.
    """
    fresh = {one.entering for one in new} - task.judged.keys()
    if not fresh or task.asked.options.first_load:
        return
    found = await queries.judged(session, caller_of(session).division if load else _ANY_OFFICE, fresh)
    task.judged.update(
        {at: not_directly(one.refusal, one.detail) if one.refusal else None for at, one in found.items()}
    )
    if not load:
        await queries.note_levels(session, task.asked.id, {one.level for one in found.values() if one.level})


def _whole_or_nothing(task: Task, *, moved: bool) -> None:
    """What was good when it was checked has to be so when all of it or nothing is loaded."""
    if moved and task.asked.whole:
        raise RegisterMoved


def _differs(known: Known, one: Good, found: Difference) -> Mistake:
    """What differs from the register, where it stands in the file."""
    return mistake(
        one.lines, known.plan, Fault(found.field, "as the register says", found.zh, found.en), found.member
    )


def _conflicts(known: Known, one: Good | Ready, taken: set[Key]) -> list[Mistake]:
    own = Counter(unique.key for unique in one.uniques)
    met = [(field, member) for key, field, member in one.uniques if key in taken or own[key] > 1]
    if ("number", None) in met:
        zh, en = (
            "户编号已用于另一户（在文件中，或在其他辖区登记）",
            "is another household's, in the file or elsewhere",
        )
        return [mistake(one.lines, known.plan, Fault("number", "once", zh, en))]
    zh, en = "此人已登记在册或在文件中重复", "registered already, or twice in the file"
    return [
        mistake(one.lines, known.plan, Fault(field, "once in the register", zh, en), member) for field, member in met
    ]
