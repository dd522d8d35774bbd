"""The registry: who is poor, since when, why, and what was known when. Its rooms, from the ground up."""

from pathlib import Path

from services.registry import events
from services.registry.assistance import room as assistance
from services.registry.assistance.responsibility.service import person
from services.registry.desk import room as desk
from services.registry.documents import room as documents
from services.registry.exchange import room as exchange
from services.registry.procedures import room as procedures
from services.registry.register import room as register
from services.registry.register.households.names import household_names
from services.registry.verification import room as verification
from shared.service import Service, together

_ROOMS = together([room.ROOM for room in (register, exchange, documents, assistance, verification, procedures, desk)])
SERVICE = Service(
    name="registry",
    title="Tuopin 脱贫 · 建档立卡 registry",
    folder=Path(__file__).parent,
    routers=_ROOMS.routers,
    rooms=["sheets"],
    publishes=events.PUBLISHES,
    accepts=events.ACCEPTS,
    handles=_ROOMS.handles,
    snapshots=_ROOMS.snapshots,
    consequences=_ROOMS.consequences,
    jobs=_ROOMS.jobs,
    figures=_ROOMS.figures,
    tasks=_ROOMS.tasks,
    who=person,
    namer=household_names,
    procedures=procedures.PROCEDURES,
)
