"""Cases of households that enter or leave the register, as they come in."""

from typing import Literal
from uuid import UUID

from services.registry.register.households.schemas import HouseholdIn
from shared.workflow.schemas import OpeningIn

Name = Literal["identification", "inclusion", "return", "removal"]


class HouseholdCaseIn(OpeningIn):
    """A case to be opened: for a household of the register, or (``household``) for one that is to enter it.

    ``natural_village_id`` is the group 村民组 or natural village in which a newcomer lives.
    """

    procedure: Name
    household_id: UUID
    household: HouseholdIn | None = None
    natural_village_id: UUID | None = None
