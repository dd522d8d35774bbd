"""The evaluation service."""

from pathlib import Path

from services.evaluation import events
from shared.service import Service

SERVICE = Service(
    name="evaluation",
    title="Tuopin 脱贫 · evaluation",
    folder=Path(__file__).parent,
    routers=[],
    publishes=events.PUBLISHES,
    reacts=events.REACTS,
)
