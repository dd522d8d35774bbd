"""What evaluation publishes, and what it handles."""

from services.evaluation.contracts import EXIT
from services.evaluation.households.handlers import keep_many
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription, projection

PUBLISHES: list[Aggregate] = [EXIT]
HANDLES: list[Subscription] = [projection("registry.household", keep_many)]
