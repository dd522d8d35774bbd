"""How households enter and leave the register: cases step by step with their notices, look-back rounds."""

from services.registry.procedures.identification.consequences import CONSEQUENCES as CASES_FOLLOW
from services.registry.procedures.identification.consequences import DIVISION_CONSEQUENCES as CASES_GO_OVER
from services.registry.procedures.identification.consequences import HEAD_CONSEQUENCES as HEADS_FOLLOW
from services.registry.procedures.identification.consequences import SPLIT_CONSEQUENCES
from services.registry.procedures.identification.consequences import UNDONE_CONSEQUENCES as CASES_GO_ON
from services.registry.procedures.identification.holdings import HOLDINGS as IDENTIFICATION_HELD
from services.registry.procedures.identification.kinds import PROCEDURES
from services.registry.procedures.lookbacks import consequences as of_lookbacks
from services.registry.procedures.lookbacks import tasks as of_rounds
from services.registry.procedures.lookbacks.endpoints import router as lookbacks
from services.registry.procedures.lookbacks.figures import FIGURES as LOOKBACKS
from services.registry.procedures.lookbacks.holdings import HOLDINGS as LOOKBACKS_HELD
from services.registry.register.households.holdings import Holding
from shared.service import Room

__all__ = ["PROCEDURES"]

HOLDINGS: tuple[Holding, ...] = (*IDENTIFICATION_HELD, *LOOKBACKS_HELD)

ROOM = Room(
    routers=(lookbacks,),
    figures=LOOKBACKS,
    tasks={
        "lookback_household": of_rounds.households,
        "lookback_signature": of_rounds.signatures,
    },
    consequences={
        "household": (*CASES_FOLLOW, *of_lookbacks.CONSEQUENCES),
        "division": (*CASES_GO_OVER, *of_lookbacks.DIVISION_CONSEQUENCES),
        "split": SPLIT_CONSEQUENCES,
        "undone": CASES_GO_ON,
        "head": HEADS_FOLLOW,
    },
)
