"""What projects publishes, and what it handles."""

from services.projects.contracts import PARTICIPATION, PROJECT
from services.projects.households.handlers import keep_many
from services.projects.payments.handlers import count
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription, projection, subscription

PUBLISHES: list[Aggregate] = [PROJECT, PARTICIPATION]
HANDLES: list[Subscription] = [
    projection("registry.household", keep_many),
    subscription("funding.payment.released.v1", count),
]
