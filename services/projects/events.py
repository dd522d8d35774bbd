"""What projects tells the others, and what it reacts to."""

from services.projects.contracts import PARTICIPATION, PROJECT
from services.projects.households.handlers import keep_many
from services.projects.payments.handlers import count
from shared.events.contracts import Noun
from shared.events.reactions import Reaction, projection, reaction

PUBLISHES: list[Noun] = [PROJECT, PARTICIPATION]
REACTS: list[Reaction] = [
    projection("registry.household", keep_many),
    reaction("funding.payment.released.v1", count),
]
