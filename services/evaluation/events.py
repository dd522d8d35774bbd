"""What evaluation publishes, and what it handles."""

from services.evaluation.contracts import EXIT
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription
from shared.households.handlers import households

PUBLISHES: list[Aggregate] = [EXIT]
HANDLES: list[Subscription] = [households()]
