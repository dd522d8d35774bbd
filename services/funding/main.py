"""The funding service."""

from pathlib import Path

from services.funding import events
from shared.service import Service

SERVICE = Service(
    name="funding",
    title="Tuopin 脱贫 · funding",
    folder=Path(__file__).parent,
    routers=[],
    publishes=events.PUBLISHES,
    reacts=events.REACTS,
)
