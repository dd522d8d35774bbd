"""What an approved case does to the register, what a comparison with departments' data means, what notices show."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import service as changes
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.households.schemas import HouseholdIn
from services.registry.register.natural_villages.schemas import PlaceIn
from services.registry.register.natural_villages.service import place
from services.registry.verification.screening.policies import in_force
from services.registry.verification.screening.records import Ground
from shared.notices.records import Entry, Listing
from shared.problems import Invalid, Problem, ProblemBody
from shared.security.crypto import KeyRing
from shared.words import Word
from shared.workflow.case import Case, Reason
from shared.workflow.kinds import Judged, Made
from shared.workflow.open import secret_of
from shared.workflow.procedure import Step
from shared.workflow.records import Comparison

# The kind of change and its reason 动态调整原因.
_REASONS = {
    ("identification", "new_entry"): "newly_poor",
    ("inclusion", "new_entry"): "omitted",
    ("inclusion", "restoration"): "restored",
    ("return", "return"): "fell_back",
    ("removal", "removal"): "wrongly_included",
}
_GROUPS = text("""
    SELECT household_id, name FROM household_place_now WHERE household_id = ANY(:ids)
""")
_HOUSEHOLDS = text("""
    SELECT h.id, h.number, h.size, h.attribute, head.name, head.born
    FROM household h JOIN household_head head ON head.household_id = h.id
    WHERE h.division = :division AND h.status = 'registered' ORDER BY h.division, h.id
""")


async def take(
    session: AsyncSession, keys: KeyRing, approved: Sequence[Case], today: date
) -> Mapping[UUID, ProblemBody]:
    """Make the changes. Answers those that the register refused."""
    if not approved:
        return {}
    items = [_change(case, keys, today) for case in approved]
    answers = await changes.decide(session, keys, items, through="cases")
    problems = {answer.id: answer.problem for answer in answers.items if answer.problem}
    await _settle(session, [case for case in approved if case.id not in problems], today)
    return problems


async def _settle(session: AsyncSession, cases: Sequence[Case], today: date) -> None:
    """Newcomers live in the group that their case states; where that is no more, theirs is not known."""
    places = [
        PlaceIn(id=case.subject.id, natural_village_id=UUID(group), valid_from=today)
        for case in cases
        if isinstance(group := case.facts.get("natural_village_id"), str)
    ]
    if places:
        await place(session, places)


def _change(case: Case, keys: KeyRing, today: date) -> ChangeIn:
    household = None
    if case.secret:
        plain = secret_of(keys, case.id, case.secret)
        # It enters the register where its village is today, whatever that was called when the case was opened.
        news = {"identified_on": today, "division": case.division}
        household = HouseholdIn.model_validate_json(plain).model_copy(update=news)
    return ChangeIn.model_validate(
        {
            "id": case.id,
            "kind": case.outcome,
            "household_id": case.subject.id,
            "effective_on": today,
            "reason": _REASONS[case.kind, case.outcome],
            "ground": f"case {case.id}",
            "household": household,
        }
    )


class GroundUnknown(Invalid):
    slug, zh = "ground-unknown", "本地没有这一排除情形，可选：{allowed}"
    en = "There is no such ground of exclusion here; there are: {allowed}"
    allowed: tuple[Word, ...]


async def judge(session: AsyncSession, made: Sequence[Made], today: date) -> Mapping[UUID, Judged]:
    """A finding that holds speaks against taking a household in, and for clearing it out."""
    villages = sorted({one.case.division for one in made})
    known = {village: await in_force(session, village, today) for village in villages}
    judged = {}
    for one in made:
        record, here = one.record, known[one.case.division]
        assert isinstance(record, Comparison)
        try:
            reason = _reason(one.step, record, here.grounds, clearing_out=one.case.kind == "removal")
        except Problem as problem:
            judged[one.case.id] = Judged(problem=problem)
            continue
        judged[one.case.id] = Judged([reason] if reason else [], [here.grounds_policy.reference()])
    return judged


def _reason(step: Step, record: Comparison, grounds: Mapping[str, Ground], *, clearing_out: bool) -> Reason | None:
    """The grounds that hold, in words, where they speak against the case. Raises GroundUnknown."""
    for position, finding in enumerate(record.findings):
        if finding.ground not in grounds:
            allowed = tuple(Word(code, one.zh, one.en) for code, one in grounds.items())
            raise GroundUnknown(
                field=f"record.findings[{position}].ground", rule="screening.grounds", allowed=allowed
            )
    holding = [grounds[finding.ground] for finding in record.findings if finding.holds]
    if clearing_out or not holding:
        return None
    zh, en = "；".join(ground.zh for ground in holding), "; ".join(ground.en for ground in holding)
    return {"code": step.step, "zh": f"部门比对发现排除情形：{zh}", "en": f"grounds of exclusion hold: {en}"}


async def groups(session: AsyncSession, households: Sequence[UUID]) -> dict[UUID, str]:
    """The natural village or group in which households live, as far as it is recorded."""
    found = await session.execute(_GROUPS, {"ids": list(households)})
    return {row.household_id: row.name for row in found}


async def registered_households(session: AsyncSession, village: str) -> Listing:
    """The registered households of a village by their heads."""
    found = (await session.execute(_HOUSEHOLDS, {"division": village})).all()
    lives_in = await groups(session, [row.id for row in found])
    entries = [
        Entry(
            row.name,
            row.born,
            {
                "group": lives_in.get(row.id, ""),
                "number": row.number,
                "size": str(row.size),
                "category": row.attribute,
                "procedure": "名单公示",
            },
            row.id,
        )
        for row in found
    ]
    return Listing(entries)
