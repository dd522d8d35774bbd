"""Doubts: raised by rules, put on lists, and their way down to the village and back up."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal
from uuid import UUID

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.names import household_names
from services.registry.register.households.queries import existing_divisions
from services.registry.verification.doubts import queries, rules, store
from services.registry.verification.doubts.records import Doubt, Found, Least, Locked, Step
from services.registry.verification.doubts.schemas import (
    AssignmentIn,
    CheckIn,
    DoubtDetail,
    DoubtRow,
    ReviewIn,
    StepOut,
    VerdictIn,
)
from shared import policy
from shared.database.session import caller_of, raw
from shared.households.schemas import told
from shared.http import paging
from shared.http.items import Answers
from shared.names.divisions import level, within
from shared.security import audit
from shared.time import clock, workdays

Desk = Literal["county", "town", "village"]
_BATCH = 2000
_RAISE = "SELECT raise_doubts($1::jsonb, $2)"


async def page(
    session: AsyncSession,
    division: str | None,
    *,
    status: str | None,
    rule: str | None,
    source: str | None,
    household: UUID | None,
    limit: int,
    cursor: str | None,
) -> paging.Page[DoubtRow]:
    """Doubts, open and closed, by division."""
    page = await paging.of_division(
        session,
        queries.LIST,
        DoubtRow,
        division=division,
        limit=limit,
        cursor=cursor,
        status=status,
        rule=rule,
        source=source,
        household=household,
    )
    return await told(session, page, lambda row: row.household_id, household_names)


async def work(
    session: AsyncSession, division: str | None, desk: Desk | None, *, overdue: bool, limit: int, cursor: str | None
) -> paging.Page[DoubtRow]:
    """What lies on a desk (by default that of the caller's level), the longest overdue first. Raises CountyNeeded."""
    prefix = division or caller_of(session).division
    if level(prefix) in ("province", "city"):
        raise rules.CountyNeeded(field="division", rule="six digits or more")
    after = paging.decode(cursor, 2) or ["0001-01-01", paging.FIRST[1]]
    bound = {
        "county": prefix[:6],
        "desk": desk or level(prefix),
        "before": await clock.today(session) if overdue else date.max,
        **within(prefix),
        "due_on": str(after[0]),
        "id": str(after[1]),
    }
    rows = [DoubtRow.model_validate(row) for row in await session.execute(queries.WORK, bound | {"limit": limit + 1})]
    page = paging.page(rows, limit, lambda last: [last.due_on, last.id])
    return await told(session, page, lambda row: row.household_id, household_names)


async def detail(session: AsyncSession, id: UUID) -> DoubtDetail:
    """One doubt with evidence and story; that somebody saw it is noted. Raises NoSuchDoubt."""
    row = (await session.execute(queries.GET, {"id": id})).mappings().one_or_none()
    if row is None:
        raise rules.NoSuchDoubt(field="doubt_id")
    audit.read(session, "doubt", id, row["division"])
    if row["household_id"]:
        audit.read(session, "household", row["household_id"], row["division"], reason=f"doubt {id}")
    steps = [StepOut.model_validate(step) for step in await session.execute(queries.STEPS, {"id": id})]
    return DoubtDetail.model_validate({**row, "steps": steps})


async def raise_doubts(session: AsyncSession, rows: Sequence[Found]) -> int:
    """Raise what is neither open nor settled already, of rules that are not switched off; answers how many.

    A doubt lies first with the county, which has the days of the policy ``doubts.days`` to pass it on.
    """
    today, actor, made = await clock.today(session), caller_of(session).subject, 0
    connection = await raw(session)
    for county, found in _by_county(rows).items():
        days = await policy.resolve(session, "doubts.days", county, today)
        due_on = workdays.after(today, days.read(dict[str, int])["raised"])
        raised = 0
        for start in range(0, len(found), _BATCH):
            batch = [one.to_json(due_on) for one in found[start : start + _BATCH]]
            raised += await connection.fetchval(_RAISE, to_json(batch).decode(), actor)
        if raised:
            rules = sorted({one.rule for one in found})
            audit.record(session, "doubts.raised", "rule", ", ".join(rules)[:200], county, after={"raised": raised})
        made += raised
    return made


def _by_county(rows: Sequence[Found]) -> dict[str, list[Found]]:
    counties: dict[str, list[Found]] = {}
    for row in rows:
        counties.setdefault(row.division[:6], []).append(row)
    return counties


async def assign(session: AsyncSession, items: list[AssignmentIn], step: Step) -> Answers:
    """Pass doubts down: the county to the town (``assign_town``), the town to the village (``assign_village``)."""
    exist = await existing_divisions(session, [item.to for item in items if item.to])

    def take(item: AssignmentIn, locked: Locked) -> Doubt:
        now = rules.after(locked.doubt, step)
        if item.to is not None and item.to not in exist:
            raise rules.PlaceDoesNotFit(field="to", rule="a division of today")
        return replace(now, division=rules.place(step, now.division, item.to))

    return await store.take(session, items, lambda _: step, take)


async def check(session: AsyncSession, items: list[CheckIn]) -> Answers:
    """Record checks on the spot, with as many people and photos as the policy ``doubts.check`` asks for."""
    today, caller = await clock.today(session), caller_of(session)
    least = (await policy.resolve(session, "doubts.check", caller.division, today)).read(Least)

    def take(item: CheckIn, locked: Locked) -> Doubt:
        now = rules.after(locked.doubt, "check")
        rules.check(item.checked_on, locked.last.done_on, today, len(set(item.people)), len(set(item.photos)), least)
        return replace(now, checked_by=caller.subject)

    return await store.take(session, items, lambda _: "check", take)


async def judge(session: AsyncSession, items: list[VerdictIn]) -> Answers:
    """Record what the checks come to."""
    actor = caller_of(session).subject

    def take(item: VerdictIn, locked: Locked) -> Doubt:
        verdict = rules.verdict(item.verdict, registered=locked.doubt.household_id is not None)
        now = rules.after(locked.doubt, "judge")
        return replace(now, verdict=verdict.code, upheld=verdict.upheld, judged_by=actor)

    return await store.take(session, items, lambda _: "judge", take)


async def review(session: AsyncSession, items: list[ReviewIn]) -> Answers:
    """The town agrees with verdicts, or sends the doubts back to the village. Never who checked or judged them."""
    actor = caller_of(session).subject

    def step(item: ReviewIn) -> Step:
        return "review" if item.agreed else "return_village"

    def take(item: ReviewIn, locked: Locked) -> Doubt:
        now = rules.after(locked.doubt, step(item))
        rules.reviewer(locked.doubt, actor)
        return replace(now, reviewed_by=actor) if item.agreed else now

    return await store.take(session, items, step, take)
