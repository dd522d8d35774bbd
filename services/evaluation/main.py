"""Evaluation: what households live on, and whether they have left poverty."""

from pathlib import Path

from services.evaluation import events
from services.evaluation.exits.endpoints import router as exits
from services.evaluation.exits.kinds import PROCEDURES
from services.evaluation.exits.rules import check_criteria
from services.evaluation.figures import FIGURES
from services.evaluation.incomes.endpoints import router as incomes
from shared.service import Service

SERVICE = Service(
    name="evaluation",
    title="Tuopin 脱贫 · 评估 evaluation",
    folder=Path(__file__).parent,
    routers=[incomes, exits],
    rooms=["households", "divisions"],
    publishes=events.PUBLISHES,
    handles=events.HANDLES,
    figures=FIGURES,
    procedures=PROCEDURES,
    policy_checks={"exit.criteria": check_criteria},
)
