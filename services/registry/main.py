"""The registry service."""

from pathlib import Path

from services.registry import events
from shared.service import Service

SERVICE = Service(
    name="registry",
    title="Tuopin 脱贫 · registry",
    folder=Path(__file__).parent,
    routers=[],
    publishes=events.PUBLISHES,
    reacts=events.REACTS,
)
