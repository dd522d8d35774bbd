"""What projects publishes, and what it handles."""

from services.projects.contracts import PARTICIPATION, PROJECT
from services.projects.payments.handlers import count
from shared.divisions.handlers import divisions, goes_over
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription, subscription
from shared.households.handlers import households

PUBLISHES: list[Aggregate] = [PROJECT, PARTICIPATION]
HANDLES: list[Subscription] = [
    households(),
    divisions(
        goes_over(
            "project",
            "r.status <> 'delivered'",
            parts=dict.fromkeys(("output", "delivery", "participation", "payment"), "project_id"),
        )
    ),
    subscription("funding.payment.released.v1", count),
]
