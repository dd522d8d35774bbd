"""What evaluation publishes, and what it handles. Its procedures publish ``evaluation.exit``."""

from services.evaluation.exits.handlers import follow_households
from shared.divisions.handlers import divisions
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription
from shared.households.handlers import goes_along, households
from shared.workflow.follow import follow_divisions

PUBLISHES: list[Aggregate] = []
HANDLES: list[Subscription] = [
    households(follow_households, goes_along("income", "r.year >= extract(year FROM business_today())")),
    divisions(follow_divisions),
]
