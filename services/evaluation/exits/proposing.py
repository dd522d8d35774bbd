"""Propose households for exit, check them against the standard, record that they agree."""

import json
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.exits import cases, rules
from services.evaluation.exits.schemas import CaseIn, ProposalIn, SignatureIn
from shared.database.session import caller_of
from shared.households.queries import HouseholdUnknown
from shared.households.queries import get as households
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, Invalid
from shared.time import clock

_KNOWN = text("""
    SELECT id, household_id, year, status FROM exit_case
    WHERE id = ANY(:ids) OR (household_id = ANY(:households) AND status <> 'refused')
""")
_PROPOSE = text("""
    INSERT INTO exit_case (id, household_id, division, year, status, evidence, size, captured_at, proposed_by,
        proposed_on)
    VALUES (:id, :household_id, :division, :year, 'proposed', CAST(:evidence AS jsonb), :size, :captured_at, :actor,
        :day)
""")
_CHECK = text("""
    UPDATE exit_case SET status = CASE WHEN :passed THEN 'checked' ELSE 'refused' END, size = :size, income = :income,
        per_capita = :per_capita, criteria = CAST(:criteria AS jsonb), policies = CAST(:policies AS jsonb),
        reasons = CAST(:reasons AS jsonb), checked_by = :actor, checked_on = :day,
        decided_on = CASE WHEN :passed THEN NULL ELSE CAST(:day AS date) END, version = version + 1
    WHERE id = :id
""")
_SIGN = text("""
    UPDATE exit_case SET status = 'signed', signed_on = :signed_on, signature = :signature, version = version + 1
    WHERE id = :id
""")


class CaseDiffers(Conflict):
    slug, zh, en = "exit-differs", "此编号已用于另一退出事项", "This id stands for another case"


class ProposedAlready(Conflict):
    slug, zh, en = "exit-proposed-already", "该户本年已提出退出", "The household is proposed for this year already"


class YearWrong(Invalid):
    slug, zh, en = "exit-year", "退出年度应为本年", "An exit is proposed for the present year"


class SignedWrongDay(Invalid):
    slug, zh, en = "signed-wrong-day", "签字日期应在核查之后、今天之前", "Signed between the check and today"


async def propose(session: AsyncSession, items: list[ProposalIn]) -> Answers:
    """Propose households; one case a household and year."""
    today, actor = await clock.today(session), caller_of(session).subject
    wanted = [item.household_id for item in items]
    found = await session.execute(_KNOWN, {"ids": [item.id for item in items], "households": wanted})
    known = found.all()
    by_id, open_cases = (
        {row.id: row for row in known},
        {(r.household_id, r.year) for r in known if r.status != "refused"},
    )
    sighted = await households(session, wanted)
    fresh: list[dict[str, Any]] = []

    def decide(item: ProposalIn) -> Outcome:
        if row := by_id.get(item.id):
            if (row.household_id, row.year) != (item.household_id, item.year):
                raise CaseDiffers(field="id", rule="one id, one case")
            return "unchanged"
        household = sighted.get(item.household_id)
        if household is None:
            raise HouseholdUnknown(field="household_id")
        if household.status != "registered":
            raise rules.NotOnRegister(field="household_id", rule="on the register")
        if item.year != today.year:
            raise YearWrong(field="year", rule="the present year")
        if (item.household_id, item.year) in open_cases:
            raise ProposedAlready(field="household_id", rule="once a year")
        open_cases.add((item.household_id, item.year))
        fresh.append(
            {
                "id": item.id,
                "household_id": item.household_id,
                "division": household.division,
                "year": item.year,
                "evidence": json.dumps({n: e.model_dump() for n, e in item.evidence.items()}, ensure_ascii=False),
                "size": household.size,
                "captured_at": item.captured_at,
                "actor": actor,
                "day": today,
            }
        )
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_PROPOSE, fresh)
    await cases.tell(session, [row["id"] for row in fresh], {})
    return answers


async def check(session: AsyncSession, items: list[CaseIn]) -> Answers:
    """Judge cases by the standard of today; who fails is refused, with the reasons in words."""
    today, actor = await clock.today(session), caller_of(session).subject
    rows = await cases.lock(session, [item.id for item in items])
    judged = await cases.judge(session, list(rows.values()), today)
    checked: list[dict[str, Any]] = []

    def decide(item: CaseIn) -> Outcome:
        row = cases.existing(rows, item.id)
        if row.status == "refused" or rules.next_status(row.status, "check") is None:
            return "unchanged"
        rules.different(actor, [row.proposed_by])
        judgement = judged[item.id]
        if isinstance(judgement, Exception):
            raise judgement
        checked.append(judgement | {"actor": actor, "day": today})
        return "accepted"

    answers = answer_each(items, decide)
    if checked:
        await session.execute(_CHECK, checked)
    await cases.tell(session, [one["id"] for one in checked], rows)
    return answers


async def sign(session: AsyncSession, items: list[SignatureIn]) -> Answers:
    """Record that households agree to leave."""
    today = await clock.today(session)
    rows = await cases.lock(session, [item.id for item in items])
    signed: dict[UUID, SignatureIn] = {}

    def decide(item: SignatureIn) -> Outcome:
        row = cases.existing(rows, item.id)
        if rules.next_status(row.status, "sign") is None:
            return "unchanged"
        if not _plausible(item.signed_on, row.checked_on, today):
            raise SignedWrongDay(field="signed_on", rule="after the check, not in the future")
        signed[item.id] = item
        return "accepted"

    answers = answer_each(items, decide)
    if signed:
        await session.execute(_SIGN, [item.model_dump() for item in signed.values()])
    await cases.tell(session, signed, rows)
    return answers


def _plausible(signed_on: date, checked_on: date, today: date) -> bool:
    return checked_on <= signed_on <= today
