"""How households enter and leave the register: cases step by step with their notices, look-back rounds."""

from services.registry.procedures.identification.consequences import CONSEQUENCES, DIVISION_CONSEQUENCES
from services.registry.procedures.identification.holdings import HOLDINGS as IDENTIFICATION_HELD
from services.registry.procedures.identification.kinds import PROCEDURES
from services.registry.procedures.lookbacks import tasks as of_rounds
from services.registry.procedures.lookbacks.endpoints import router as lookbacks
from services.registry.procedures.lookbacks.figures import FIGURES as LOOKBACKS
from services.registry.procedures.lookbacks.holdings import HOLDINGS as LOOKBACKS_HELD
from services.registry.register.households.holdings import Holding
from shared.tasks.records import TaskSource

__all__ = ["CONSEQUENCES", "DIVISION_CONSEQUENCES", "FIGURES", "HOLDINGS", "PROCEDURES", "ROUTERS", "TASKS"]

ROUTERS = (lookbacks,)
FIGURES = LOOKBACKS
HOLDINGS: tuple[Holding, ...] = (*IDENTIFICATION_HELD, *LOOKBACKS_HELD)
TASKS: dict[str, TaskSource] = {
    "lookback_household": of_rounds.households,
    "lookback_signature": of_rounds.signatures,
}
