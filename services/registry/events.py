"""What the registry publishes, and what it handles."""

from services.registry.assistance.household_ledger import handlers as ledgers
from services.registry.contracts import CASE, DEPARTMENT_RECORD, DIVISION, DOUBT, HELPER, HOUSEHOLD, PLAN
from services.registry.register.changes.handlers import mark_exited
from services.registry.verification.feeds.handlers import keep_many as keep_records
from shared.events.contracts import Aggregate
from shared.events.handlers import Subscription, projection

PUBLISHES: list[Aggregate] = [HOUSEHOLD, DIVISION, DOUBT, HELPER, CASE, PLAN]
# What systems outside tell it: departments send their records to a topic of their own.
ACCEPTS: list[Aggregate] = [DEPARTMENT_RECORD]
HANDLES: list[Subscription] = [
    projection("evaluation.exit", mark_exited),
    projection("funding.payment", ledgers.payments),
    projection("projects.participation", ledgers.participations),
    projection("evaluation.exit", ledgers.exits),
    projection("departments.record", keep_records),
]
