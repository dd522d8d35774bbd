"""What the registry tells the others, and what it reacts to."""

from services.registry.contracts import CASE, DIVISION, DOUBT, HELPER, HOUSEHOLD
from services.registry.exits.handlers import mark_exited
from shared.events.contracts import Noun
from shared.events.reactions import Reaction, reaction

PUBLISHES: list[Noun] = [HOUSEHOLD, DIVISION, DOUBT, HELPER, CASE]
REACTS: list[Reaction] = [reaction("evaluation.exit.approved.v1", mark_exited)]
