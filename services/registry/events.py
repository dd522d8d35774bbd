"""What the registry tells the others, and what it reacts to."""

from services.registry.contracts import CASE, DIVISION, DOUBT, HELPER, HOUSEHOLD, PLAN
from services.registry.exits.handlers import mark_exited
from services.registry.ledgers import handlers as ledgers
from shared.events.contracts import Noun
from shared.events.reactions import Reaction, projection, reaction

PUBLISHES: list[Noun] = [HOUSEHOLD, DIVISION, DOUBT, HELPER, CASE, PLAN]
REACTS: list[Reaction] = [
    reaction("evaluation.exit.approved.v1", mark_exited),
    projection("funding.payment", ledgers.payments),
    projection("projects.participation", ledgers.participations),
    projection("evaluation.exit", ledgers.exits),
]
