"""The projects service."""

from pathlib import Path

from services.projects import events
from shared.service import Service

SERVICE = Service(
    name="projects",
    title="Tuopin 脱贫 · projects",
    folder=Path(__file__).parent,
    routers=[],
    publishes=events.PUBLISHES,
    reacts=events.REACTS,
)
