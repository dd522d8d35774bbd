"""What the evaluation service tells the others, and what it reacts to."""

from shared.events.contracts import Noun
from shared.events.reactions import Reaction

PUBLISHES: list[Noun] = []
REACTS: list[Reaction] = []
