"""What funding publishes, and what it handles."""

from services.funding.contracts import PAYMENT
from services.funding.holds.handlers import hold_what_goes_to
from services.funding.project_requests.handlers import open_request
from shared.divisions.handlers import divisions, goes_over
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription, subscription
from shared.households.handlers import goes_along, households

_UNPAID = "r.status IN ('applied', 'inspected', 'approved')"
PUBLISHES: list[Aggregate] = [PAYMENT]
HANDLES: list[Subscription] = [
    households(
        goes_along("loan", "r.status IN ('applied', 'approved')"),
        goes_along("reward", _UNPAID),
        goes_along("hold", "r.decision IS NULL"),
        hold_what_goes_to,
    ),
    divisions(
        goes_over("inflow", "r.status = 'entered'"),
        goes_over("project_request", "r.paid_on IS NULL"),
        goes_over("reward", f"r.household_id IS NULL AND {_UNPAID}"),
        goes_over("hold", "r.household_id IS NULL AND r.decision IS NULL"),
        goes_over("payee", "true"),
    ),
    subscription("projects.project.approved.v1", open_request),
]
