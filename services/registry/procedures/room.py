"""How households enter and leave the register: cases step by step, notices, look-back rounds."""

from services.registry.procedures.identification.endpoints import router as cases
from services.registry.procedures.identification.figures import FIGURES as CASES
from services.registry.procedures.identification.timers import end_notices
from services.registry.procedures.lookbacks.endpoints import router as lookbacks
from services.registry.procedures.lookbacks.figures import FIGURES as LOOKBACKS
from services.registry.procedures.notices.endpoints import router as notices

ROUTERS = (cases, notices, lookbacks)
JOBS = {"case_notice_end": end_notices}
FIGURES = {**CASES, **LOOKBACKS}
