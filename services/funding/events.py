"""What funding publishes, and what it handles."""

from services.funding.contracts import PAYMENT
from services.funding.households.handlers import keep_many
from services.funding.project_requests.handlers import open_request
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription, projection, subscription

PUBLISHES: list[Aggregate] = [PAYMENT]
HANDLES: list[Subscription] = [
    projection("registry.household", keep_many),
    subscription("projects.project.approved.v1", open_request),
]
