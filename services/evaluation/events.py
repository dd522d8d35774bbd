"""What evaluation tells the others, and what it reacts to."""

from services.evaluation.contracts import EXIT
from services.evaluation.households.handlers import keep_many
from shared.events.contracts import Noun
from shared.events.reactions import Reaction, projection

PUBLISHES: list[Noun] = [EXIT]
REACTS: list[Reaction] = [projection("registry.household", keep_many)]
