"""What the registry tells the others, and what it reacts to."""

from services.registry.contracts import CASE, DEPARTMENT_RECORD, DIVISION, DOUBT, HELPER, HOUSEHOLD, PLAN
from services.registry.exits.handlers import mark_exited
from services.registry.feeds.handlers import keep_many as keep_records
from services.registry.ledgers import handlers as ledgers
from shared.events.contracts import Noun
from shared.events.reactions import Reaction, projection

PUBLISHES: list[Noun] = [HOUSEHOLD, DIVISION, DOUBT, HELPER, CASE, PLAN]
# What systems outside tell it: departments send their records to a topic of their own.
HEARS: list[Noun] = [DEPARTMENT_RECORD]
REACTS: list[Reaction] = [
    projection("evaluation.exit", mark_exited),
    projection("funding.payment", ledgers.payments),
    projection("projects.participation", ledgers.participations),
    projection("evaluation.exit", ledgers.exits),
    projection("departments.record", keep_records),
]
