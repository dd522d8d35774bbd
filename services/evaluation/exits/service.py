"""Read exits, and complete proposals before they are verified."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.exits import queries, rules
from services.evaluation.exits.schemas import CompletionIn, ExitDetail, ExitRow
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.notices.records import Entry, Listing
from shared.problems import NotFound
from shared.security import audit
from shared.time import clock
from shared.workflow import store
from shared.workflow.case import Case, Json
from shared.workflow.rules import CaseClosed


class NoSuchExit(NotFound):
    slug, zh, en = "no-such-exit", "辖区内没有这一退出事项", "There is no such case in your division"


async def page(
    session: AsyncSession, status: str | None, step: str | None, year: int | None, limit: int, cursor: str | None
) -> paging.Page[ExitRow]:
    """Cases by division and id."""
    division, id = paging.decode(cursor, 2) or paging.FIRST
    asked = {"division": division, "id": id, "status": status, "step": step, "year": year, "limit": limit + 1}
    found = await session.execute(queries.LIST, asked)
    return paging.by_division([ExitRow.model_validate(row) for row in found], limit)


async def read(session: AsyncSession, id: UUID) -> ExitDetail:
    """A case with criteria, values, policy versions and reasons. Raises NoSuchExit (404)."""
    row = (await session.execute(queries.ONE, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchExit(field="exit_id")
    audit.read(session, "exit", id, row.division)
    return ExitDetail.model_validate(row, from_attributes=True)


async def complete(session: AsyncSession, items: Sequence[CompletionIn]) -> Answers:
    """Add or put right what a proposal brings: evidence until it is verified, the head's name until it is decided."""
    locked = await store.lock(session, [item.id for item in items])
    changed: list[tuple[Case, str, dict[str, Json]]] = []

    def decide(item: CompletionIn) -> Outcome:
        case = store.existing(locked, item.id)
        name, facts = item.head_name or case.subject.name, {**case.facts, "evidence": _evidence(case, item)}
        if (name, facts) == (case.subject.name, case.facts):
            return "unchanged"
        if case.status != "open":
            raise CaseClosed(field="id", rule="before the decision")
        verified = any(case.steps[done.position].kind == "inspection" for done in case.done)
        if verified and facts != case.facts:
            raise rules.Verified(field="evidence", rule="before the verification")
        changed.append((case, name, facts))
        return "accepted"

    answers = answer_each(items, decide)
    if changed:
        rows = [
            {"id": case.id, "name": name, "facts": json.dumps(facts, ensure_ascii=False)}
            for case, name, facts in changed
        ]
        await session.execute(queries.COMPLETE, rows)
    for case, _, facts in changed:
        criteria = sorted(evidence) if isinstance(evidence := facts["evidence"], dict) else []
        audit.record(session, "exit.completed", "exit", case.id, case.division, after={"criteria": criteria})
    return answers


def _evidence(case: Case, item: CompletionIn) -> dict[str, Json]:
    before = case.facts["evidence"]
    assert isinstance(before, dict)
    return {**before, **{name: one.model_dump(mode="json") for name, one in item.evidence.items()}}


async def exited_households(session: AsyncSession, village: str) -> Listing:
    """The households of a village whose exit was approved this year, by their heads."""
    year = (await clock.today(session)).year
    found = await session.execute(queries.EXITED, {"village": village, "year": year})
    entries = [
        Entry(row.name, row.born, {"size": str(row.size), "category": row.category, "conclusion": "退出"})
        for row in found
    ]
    return Listing(f"{year}年退出贫困户名单", "根据《关于建立贫困退出机制的意见》", entries)
