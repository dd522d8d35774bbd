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
from services.registry.verification import room as verification
from shared.service import Service

SERVICE = Service(
    name="registry",
    title="Tuopin 脱贫 · 建档立卡 registry",
    folder=Path(__file__).parent,
    routers=[
        *register.ROUTERS,
        *exchange.ROUTERS,
        *documents.ROUTERS,
        *assistance.ROUTERS,
        *verification.ROUTERS,
        *procedures.ROUTERS,
        *desk.ROUTERS,
    ],
    rooms=["sheets"],
    publishes=events.PUBLISHES,
    accepts=events.ACCEPTS,
    handles=events.HANDLES,
    snapshots={**register.SNAPSHOTS, **assistance.SNAPSHOTS, **verification.SNAPSHOTS},
    consequences={
        "household": [
            *register.CONSEQUENCES,
            *assistance.CONSEQUENCES,
            *verification.CONSEQUENCES,
            *procedures.CONSEQUENCES,
            *desk.CONSEQUENCES,
        ],
        "division": [
            *register.DIVISION_CONSEQUENCES,
            *exchange.DIVISION_CONSEQUENCES,
            *assistance.DIVISION_CONSEQUENCES,
            *verification.DIVISION_CONSEQUENCES,
            *procedures.DIVISION_CONSEQUENCES,
        ],
        "split": procedures.SPLIT_CONSEQUENCES,
    },
    jobs={
        **register.JOBS,
        **exchange.JOBS,
        **documents.JOBS,
        **verification.JOBS,
        **desk.JOBS,
    },
    figures={
        **register.FIGURES,
        **documents.FIGURES,
        **assistance.FIGURES,
        **verification.FIGURES,
        **procedures.FIGURES,
    },
    tasks={
        **register.TASKS,
        **exchange.TASKS,
        **assistance.TASKS,
        **verification.TASKS,
        **procedures.TASKS,
        **desk.TASKS,
    },
    who=person,
    procedures=procedures.PROCEDURES,
)
