"""What funding publishes, and what it handles."""

from services.funding.contracts import PAYMENT
from services.funding.project_requests.handlers import open_request
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription, subscription
from shared.households.handlers import households

PUBLISHES: list[Aggregate] = [PAYMENT]
HANDLES: list[Subscription] = [
    households(),
    subscription("projects.project.approved.v1", open_request),
]
