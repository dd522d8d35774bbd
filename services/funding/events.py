"""What funding tells the others, and what it reacts to."""

from services.funding.contracts import PAYMENT
from services.funding.households.handlers import keep_many
from services.funding.project_requests.handlers import open_request
from shared.events.contracts import Noun
from shared.events.reactions import Reaction, projection, reaction

PUBLISHES: list[Noun] = [PAYMENT]
REACTS: list[Reaction] = [
    projection("registry.household", keep_many),
    reaction("projects.project.approved.v1", open_request),
]
