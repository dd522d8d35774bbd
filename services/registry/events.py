"""What the registry publishes, and what it handles."""

from services.registry.assistance import room as assistance
from services.registry.contracts import DEPARTMENT_RECORD, DIVISION, DOUBT, HELPER, HOUSEHOLD, PLAN
from services.registry.register import room as register
from services.registry.verification import room as verification
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription

PUBLISHES: list[Aggregate] = [HOUSEHOLD, DIVISION, DOUBT, HELPER, PLAN]
# What is published for it: departments send their records, other services the doubts that they found.
ACCEPTS: list[Aggregate] = [DEPARTMENT_RECORD, *verification.DOUBTS_OF]
HANDLES: list[Subscription] = [*register.HANDLERS, *assistance.HANDLERS, *verification.HANDLERS]
