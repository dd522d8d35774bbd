"""Exits: their cases, and the standard of a day by which they are judged on the spot and at the decision."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.exits import queries, rules
from services.evaluation.exits.records import Standard
from services.evaluation.exits.schemas import CompletionIn, EvidenceIn, ExitDetail
from services.evaluation.incomes.records import Kind, Total
from services.evaluation.incomes.service import totals
from shared import policy
from shared.households.queries import get as households
from shared.households.records import Household
from shared.http.items import Answers, Outcome, answer_each
from shared.notices.records import Entry, Listing
from shared.problems import Problem
from shared.security import audit
from shared.time import clock
from shared.workflow import store
from shared.workflow.case import Case, Json, Subject
from shared.workflow.kinds import Judged, Made
from shared.workflow.rules import CaseClosed


async def read(session: AsyncSession, id: UUID) -> ExitDetail:
    """A case with criteria, values, policy versions and reasons. Raises NoSuchExit (404)."""
    row = (await session.execute(queries.ONE, {"id": id})).one_or_none()
    if row is None:
        raise rules.NoSuchExit(field="exit_id")
    audit.read(session, "exit", id, row.division)
    return ExitDetail.model_validate(row, from_attributes=True)


async def complete(session: AsyncSession, items: Sequence[CompletionIn]) -> Answers:
    """Add or put right what a proposal brings: evidence until it is verified, the head's name until it is decided."""
    locked = await store.lock(session, [item.id for item in items])
    living = await households(session, [case.subject.id for case in locked.values()])
    changed: list[tuple[Case, Subject, dict[str, Json]]] = []

    def decide(item: CompletionIn) -> Outcome:
        case = store.existing(locked, item.id)
        subject, facts = _completed(case, item, living)
        if (subject, facts) == (case.subject, case.facts):
            return "unchanged"
        if case.status != "open":
            raise CaseClosed(field="id", rule="before the decision")
        verified = any(case.steps[done.position].kind == "inspection" for done in case.done)
        if verified and facts["evidence"] != case.facts["evidence"]:
            raise rules.Verified(field="evidence", rule="before the verification")
        changed.append((case, subject, facts))
        return "accepted"

    answers = answer_each(items, decide)
    if changed:
        rows: list[dict[str, object]] = [
            {
                "id": case.id,
                "name": subject.name,
                "born": subject.born,
                "size": subject.size,
                "category": subject.category,
                "facts": json.dumps(facts, ensure_ascii=False),
            }
            for case, subject, facts in changed
        ]
        await session.execute(queries.COMPLETE, rows)
    for case, _, facts in changed:
        criteria = sorted(evidence) if isinstance(evidence := facts["evidence"], dict) else []
        audit.record(session, "exit.completed", "exit", case.id, case.division, after={"criteria": criteria})
    return answers


def _completed(case: Case, item: CompletionIn, living: Mapping[UUID, Household]) -> tuple[Subject, dict[str, Json]]:
    """Subject and facts of a proposal with what is added. Who names the head names the present one, and the next
    notice shows the household as it now is.
    """
    before, household = case.facts["evidence"], living.get(case.subject.id)
    assert isinstance(before, dict)
    evidence = {**before, **{name: one.model_dump(mode="json") for name, one in item.evidence.items()}}
    facts: dict[str, Json] = {**case.facts, "evidence": evidence}
    if item.group:
        facts["group"] = item.group
    if item.head_name is None or household is None:
        return case.subject, facts
    head = household.head
    subject = replace(
        case.subject,
        name=item.head_name,
        born=head.born if head else None,
        size=household.size,
        category=household.attribute,
    )
    return subject, {**facts, "head": rules.head_of(household)}


async def approved_in(session: AsyncSession, ids: Iterable[UUID], year: int) -> set[UUID]:
    """Those of some households whose exit was approved in a year."""
    found = await session.execute(queries.APPROVED, {"households": list(ids), "year": year})
    return set(found.scalars())


async def exited_households(session: AsyncSession, village: str) -> Listing:
    """The households of a village whose exit was approved this year, by their heads."""
    year = (await clock.today(session)).year
    found = await session.execute(queries.EXITED, {"village": village, "year": year})
    entries = [
        Entry(row.name, row.born, {"group": row.group or "", "size": str(row.size), "category": row.category})
        for row in found
    ]
    return Listing(entries, year)


async def standard(session: AsyncSession, division: str, on: date) -> Standard:
    """The policies in force for a division on a day."""
    keys = ("exit.income_line", "exit.criteria", "exit.years_after_identification", "income.kinds")
    return Standard(*[await policy.resolve(session, key, division, on) for key in keys])


async def judge(session: AsyncSession, made: Sequence[Made], today: date) -> Mapping[UUID, Judged]:
    """Each case against the standard of today; policies, criteria and income stay with the case."""
    cases = [one.case for one in made]
    known = await households(session, [case.subject.id for case in cases])
    counties = sorted({case.division[:6] for case in cases})
    standards = {county: await standard(session, county, today) for county in counties}
    judged: dict[UUID, Judged] = {}
    for year, county in sorted({(year_of(case), case.division[:6]) for case in cases}):
        mine = [case for case in cases if (year_of(case), case.division[:6]) == (year, county)]
        sizes = {case.subject.id: known[case.subject.id].size for case in mine if case.subject.id in known}
        sums = await totals(session, sizes, year, standards[county].kinds.read(dict[str, Kind]))
        for case in mine:
            household = known.get(case.subject.id)
            judged[case.id] = _judged(case, household, sums.get(case.subject.id), standards[county])
    return judged


def _judged(case: Case, household: Household | None, total: Total | None, used: Standard) -> Judged:
    if household is None or total is None or household.status != "registered":
        return Judged([rules.no_longer_registered(household)], used.references())
    try:
        rules.same_head(household, head_of(case))
        findings = rules.judge(evidence_of(case), total, year_of(case), household, used)
    except Problem as problem:
        return Judged(problem=problem)
    facts: dict[str, Json] = {
        "size": household.size,
        "income": total.counted,
        "per_capita": total.per_capita,
        "criteria": [one.to_json() for one in findings],
    }
    return Judged(rules.reasons(findings), used.references(), facts)


def year_of(case: Case) -> int:
    """The year for which the exit is proposed."""
    year = case.facts["year"]
    assert isinstance(year, int)
    return year


def head_of(case: Case) -> str | None:
    """The id of the member whom the proposal names as the household's head."""
    head = case.facts["head"]
    assert head is None or isinstance(head, str)
    return head


def evidence_of(case: Case) -> dict[str, EvidenceIn]:
    """What was brought for each criterion."""
    evidence = case.facts["evidence"]
    assert isinstance(evidence, dict)
    return {name: EvidenceIn.model_validate(one) for name, one in evidence.items()}
