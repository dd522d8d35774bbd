"""Judge exits by the standard of a day: at the verification on the spot, and again at the decision."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.exits import rules
from services.evaluation.exits.records import Standard
from services.evaluation.exits.schemas import EvidenceIn
from services.evaluation.incomes.records import Kind, Total
from services.evaluation.incomes.service import totals
from shared import policy
from shared.households.queries import get as households
from shared.households.records import Household
from shared.problems import Problem
from shared.workflow.case import Case, Json
from shared.workflow.kinds import Judged, Made


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
        return Judged([rules.NO_LONGER_REGISTERED], used.references())
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
