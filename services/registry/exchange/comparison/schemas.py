"""A line of a household table as it is compared with the register."""

from datetime import date

from services.registry.register.households.schemas import HouseholdPatch, MemberIn
from shared.http.schemas import PersonName
from shared.names.divisions import Village


class HouseholdLine(HouseholdPatch):
    """What a household table says of one household, empty cells nothing: facts as a correction has them, and where
    it lives, its head and its size. It names no members.
    """

    effective_on: date = date.min
    ground: str = ""
    division: Village | None = None
    head: PersonName | None = None
    head_number: str | None = None
    size: int | None = None
    members: tuple[MemberIn, ...] = ()
