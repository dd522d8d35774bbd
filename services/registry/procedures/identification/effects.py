"""What an approved case does to the register, on the day of the decision; the case's id is the change's, so once."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification.file import File
from services.registry.procedures.identification.opening import CONTENT
from services.registry.register.changes import service as changes
from services.registry.register.changes.schemas import ChangeIn
from services.registry.register.households.schemas import HouseholdIn
from shared.http.items import Answer
from shared.security.crypto import KeyRing

# The kind of change and its reason 动态调整原因.
_REASONS = {
    ("identification", "new_entry"): "newly_poor",
    ("inclusion", "new_entry"): "omitted",
    ("inclusion", "restoration"): "restored",
    ("return", "return"): "fell_back",
    ("removal", "removal"): "wrongly_included",
}


async def take(session: AsyncSession, keys: KeyRing, approved: Sequence[File], today: date) -> dict[UUID, Answer]:
    """Make the changes. Answers those that the register refused."""
    if not approved:
        return {}
    items = [_change(file, keys, today) for file in approved]
    answers = await changes.decide(session, keys, items)
    return {answer.id: answer for answer in answers.items if answer.status == "refused"}


def _change(file: File, keys: KeyRing, today: date) -> ChangeIn:
    household = None
    if file.about.content:
        plain = keys.decrypt(file.about.content, field=CONTENT, record=str(file.id))
        household = HouseholdIn.model_validate_json(plain).model_copy(update={"identified_on": today})
    return ChangeIn.model_validate(
        {
            "id": file.id,
            "kind": file.outcome,
            "household_id": file.household_id,
            "effective_on": today,
            "reason": _REASONS[file.procedure_name, file.outcome],
            "ground": f"case {file.id}",
            "household": household,
        }
    )
