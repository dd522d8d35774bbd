"""How a household leaves poverty 贫困户退出, as a kind of procedure."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.evaluation.contracts import EXIT, ExitState, PolicyUsed
from services.evaluation.contracts import Reason as PublicReason
from services.evaluation.exits import rules
from services.evaluation.exits.records import Criterion
from services.evaluation.exits.schemas import ExitIn
from services.evaluation.exits.service import approved_in, exited_households, judge, standard, year_of
from shared.divisions.queries import place_names
from shared.households.queries import get as households
from shared.households.queries import known as household_of
from shared.households.records import Household
from shared.names.words import STATES
from shared.notices.records import Surroundings
from shared.problems import Problem
from shared.security.crypto import KeyRing
from shared.workflow.case import Case, Json, Subject
from shared.workflow.kinds import Opening, ProcedureKind, Procedures, Words
from shared.workflow.schemas import OpeningIn


async def subjects(
    session: AsyncSession, keys: KeyRing, items: Sequence[OpeningIn], today: date
) -> Mapping[UUID, Opening | Problem]:
    """Registered households with evidence for every criterion of their county, or what is missing."""
    asked = [item for item in items if isinstance(item, ExitIn)]
    known = await households(session, [item.household_id for item in asked])
    counties = sorted({one.division[:6] for one in known.values()})
    criteria = {county: (await standard(session, county, today)).named for county in counties}
    approved = await approved_in(session, known, today.year)
    openings: dict[UUID, Opening | Problem] = {}
    for item in asked:
        try:
            household = household_of(known, item.household_id)
            if household.id in approved:
                raise rules.ApprovedAlready(field="household_id", rule="once a year")
            openings[item.id] = _opening(item, household, criteria, today)
        except Problem as problem:
            openings[item.id] = problem
    return openings


def _opening(item: ExitIn, household: Household, criteria: Mapping[str, Sequence[Criterion]], today: date) -> Opening:
    """Raises NotOnRegister, YearWrong, EvidenceMissing."""
    if household.status != "registered":
        raise rules.NotOnRegister(field="household_id", rule="on the register", state=STATES[household.status])
    if item.year != today.year:
        raise rules.YearWrong(field="year", rule="the present year")
    rules.missing(item.evidence.keys(), criteria[household.division[:6]])
    head = household.head
    subject = Subject(
        "household", household.id, item.head_name, head.born if head else None, household.size, household.attribute
    )
    evidence: dict[str, Json] = {name: one.model_dump(mode="json") for name, one in item.evidence.items()}
    facts: dict[str, Json] = {"year": item.year, "evidence": evidence, "head": rules.head_of(household)}
    if item.group:
        facts["group"] = item.group
    return Opening(subject, household.division, "exit", facts=facts)


def state(case: Case) -> ExitState:
    """The public state of a case."""
    size = case.facts.get("size", case.subject.size)
    assert isinstance(size, int)
    return ExitState(
        id=case.id,
        household_id=case.subject.id,
        division=case.division,
        year=year_of(case),
        status=case.status,
        size=size,
        decided_on=case.decided_on,
        policies=[PolicyUsed(key=p["key"], division=p["division"], version=p["version"]) for p in case.policies],
        reasons=[PublicReason(code=one["code"], zh=one["zh"], en=one["en"]) for one in case.reasons],
    )


PROCEDURES = Procedures(
    kinds=(
        ProcedureKind(
            name="exit",
            words=Words(
                matter="贫困户退出",
                approved="经审定，同意退出",
                en="exit from poverty",
            ),
            opening=ExitIn,
            subjects=subjects,
            judges={"inspection": judge, "decision": judge},
            aggregate=EXIT,
            state=state,
        ),
    ),
    around=Surroundings(place_names, lists={"exited_households": exited_households}),
)
