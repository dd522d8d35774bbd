"""What an approved case does to the register, on the day of the decision; the case's id is the change's, so once."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes import service as changes
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.households.schemas import HouseholdIn
from shared.problems import ProblemBody
from shared.security.crypto import KeyRing
from shared.workflow.case import Case
from shared.workflow.open import secret_of

# The kind of change and its reason 动态调整原因.
_REASONS = {
    ("identification", "new_entry"): "newly_poor",
    ("inclusion", "new_entry"): "omitted",
    ("inclusion", "restoration"): "restored",
    ("return", "return"): "fell_back",
    ("removal", "removal"): "wrongly_included",
}


async def take(
    session: AsyncSession, keys: KeyRing, approved: Sequence[Case], today: date
) -> Mapping[UUID, ProblemBody]:
    """Make the changes. Answers those that the register refused."""
    if not approved:
        return {}
    items = [_change(case, keys, today) for case in approved]
    answers = await changes.decide(session, keys, items, through="cases")
    return {answer.id: answer.problem for answer in answers.items if answer.problem}


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
