"""How households enter and leave the register: cases step by step with their notices, look-back rounds."""

from services.registry.procedures.identification.consequences import CONSEQUENCES as CASES_FOLLOW
from services.registry.procedures.identification.consequences import DIVISION_CONSEQUENCES as CASES_GO_OVER
from services.registry.procedures.identification.consequences import SPLIT_CONSEQUENCES
from services.registry.procedures.identification.holdings import HOLDINGS as IDENTIFICATION_HELD
from services.registry.procedures.identification.kinds import PROCEDURES
from services.registry.procedures.lookbacks import consequences as of_lookbacks
from services.registry.procedures.lookbacks import tasks as of_rounds
from services.registry.procedures.lookbacks.endpoints import router as lookbacks
from services.registry.procedures.lookbacks.figures import FIGURES as LOOKBACKS
from services.registry.procedures.lookbacks.holdings import HOLDINGS as LOOKBACKS_HELD
from services.registry.register.changes.consequences import Consequence
from services.registry.register.divisions.consequences import DivisionConsequence
from services.registry.register.households.holdings import Holding
from shared.tasks.records import TaskSource

__all__ = ["PROCEDURES", "SPLIT_CONSEQUENCES"]

ROUTERS = (lookbacks,)
FIGURES = LOOKBACKS
CONSEQUENCES: tuple[Consequence, ...] = (*CASES_FOLLOW, *of_lookbacks.CONSEQUENCES)
DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (*CASES_GO_OVER, *of_lookbacks.DIVISION_CONSEQUENCES)
HOLDINGS: tuple[Holding, ...] = (*IDENTIFICATION_HELD, *LOOKBACKS_HELD)
TASKS: dict[str, TaskSource] = {
    "lookback_household": of_rounds.households,
    "lookback_signature": of_rounds.signatures,
}
