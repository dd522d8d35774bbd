"""What the registry publishes, and what others publish for it; what it handles, its rooms say."""

from services.registry.contracts import DEPARTMENT_RECORD, DIVISION, DOUBT, HELPER, HOUSEHOLD, PLAN
from services.registry.verification import room as verification
from shared.events.contracts import Aggregate

PUBLISHES: list[Aggregate] = [HOUSEHOLD, DIVISION, DOUBT, HELPER, PLAN]
# What is published for it: departments send their records, other services the doubts that they found.
ACCEPTS: list[Aggregate] = [DEPARTMENT_RECORD, *verification.DOUBTS_OF]
