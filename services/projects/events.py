"""What projects publishes, and what it handles."""

from services.projects.contracts import PARTICIPATION, PROJECT
from services.projects.payments.handlers import count
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription, subscription
from shared.households.handlers import households

PUBLISHES: list[Aggregate] = [PROJECT, PARTICIPATION]
HANDLES: list[Subscription] = [
    households(),
    subscription("funding.payment.released.v1", count),
]
