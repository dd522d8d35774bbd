"""Who helps whom with what: posts and helpers, diaries, duties, plans, one ledger a household."""

from services.registry.assistance.duties import consequences as of_duties
from services.registry.assistance.duties.endpoints import router as duties
from services.registry.assistance.duties.tasks import TASKS as DUTIES_WAIT
from services.registry.assistance.household_ledger import consequences as of_ledger
from services.registry.assistance.household_ledger import handlers as ledger
from services.registry.assistance.household_ledger.endpoints import router as household_ledger
from services.registry.assistance.household_ledger.figures import FIGURES as HOUSEHOLD_LEDGER
from services.registry.assistance.household_ledger.holdings import HOLDINGS as HOUSEHOLD_LEDGER_HELD
from services.registry.assistance.organisations import consequences as of_organisations
from services.registry.assistance.organisations.endpoints import router as organisations
from services.registry.assistance.plans import consequences as of_plans
from services.registry.assistance.plans.endpoints import router as plans
from services.registry.assistance.plans.figures import FIGURES as PLANS
from services.registry.assistance.plans.holdings import HOLDINGS as PLANS_HELD
from services.registry.assistance.plans.tasks import TASKS as PLANS_WAIT
from services.registry.assistance.responsibility import consequences as of_helpers
from services.registry.assistance.responsibility.endpoints import router as responsibility
from services.registry.assistance.responsibility.figures import FIGURES as RESPONSIBILITY
from services.registry.assistance.responsibility.holdings import HOLDINGS as RESPONSIBILITY_HELD
from services.registry.assistance.responsibility.snapshots import present as present_helpers
from services.registry.assistance.seven_clear.endpoints import router as seven_clear
from services.registry.assistance.seven_clear.figures import FIGURES as SEVEN_CLEAR
from services.registry.assistance.visits import consequences as of_visits
from services.registry.assistance.visits.endpoints import router as visits
from services.registry.assistance.visits.holdings import HOLDINGS as VISITS_HELD
from services.registry.assistance.visits.tasks import TASKS as ABSENCES_WAIT
from services.registry.register.households.holdings import Holding
from shared.events.handlers import projection
from shared.service import Room

HOLDINGS: tuple[Holding, ...] = (*RESPONSIBILITY_HELD, *VISITS_HELD, *PLANS_HELD, *HOUSEHOLD_LEDGER_HELD)

ROOM = Room(
    routers=(plans, household_ledger, seven_clear, organisations, responsibility, visits, duties),
    figures={**RESPONSIBILITY, **SEVEN_CLEAR, **PLANS, **HOUSEHOLD_LEDGER},
    handles=(
        projection("funding.payment", ledger.keep_payments),
        projection("projects.participation", ledger.keep_participations),
        projection("evaluation.exit", ledger.keep_exits),
    ),
    tasks={**PLANS_WAIT, **DUTIES_WAIT, **ABSENCES_WAIT},
    snapshots={"registry.helper": present_helpers},
    consequences={
        "household": (
            *of_helpers.CONSEQUENCES,
            *of_plans.CONSEQUENCES,
            *of_ledger.CONSEQUENCES,
        ),
        "undone": of_helpers.UNDONE_CONSEQUENCES,
        "division": (
            of_helpers.recode_posts,
            *of_organisations.DIVISION_CONSEQUENCES,
            *of_duties.DIVISION_CONSEQUENCES,
            *of_visits.DIVISION_CONSEQUENCES,
        ),
    },
)
