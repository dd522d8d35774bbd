"""Whether what is recorded is true: department records, doubts, data checks, persons registered twice."""

from services.registry.contracts import DEPARTMENT_RECORD
from services.registry.register.households.holdings import Holding
from services.registry.verification.checks import jobs as checks_done
from services.registry.verification.checks.endpoints import router as checks
from services.registry.verification.checks.figures import FIGURES as CHECKS
from services.registry.verification.checks.holdings import HOLDINGS as CHECKS_HELD
from services.registry.verification.doubts import consequences as of_doubts
from services.registry.verification.doubts import endpoints as doubts
from services.registry.verification.doubts.handlers import raise_found
from services.registry.verification.doubts.holdings import HOLDINGS as DOUBTS_HELD
from services.registry.verification.doubts.snapshots import present as present_doubts
from services.registry.verification.doubts.tasks import tasks as doubt_tasks
from services.registry.verification.duplicates.endpoints import router as duplicates
from services.registry.verification.duplicates.holdings import HOLDINGS as DUPLICATES_HELD
from services.registry.verification.feeds import consequences as of_feeds
from services.registry.verification.feeds import endpoints as feeds
from services.registry.verification.feeds.handlers import keep_many as keep_records
from services.registry.verification.feeds.holdings import HOLDINGS as FEEDS_HELD
from services.registry.verification.feeds.jobs import forget as forget_feed
from services.registry.verification.feeds.jobs import read as read_feed
from services.registry.verification.screening import consequences as of_screening
from services.registry.verification.screening import endpoints as screening
from services.registry.verification.screening.figures import FIGURES as SCREENING
from services.registry.verification.screening.jobs import screen
from shared.doubts.contracts import doubts_of
from shared.events.handlers import projection, told_by_anyone
from shared.service import Room

# The services whose doubts the registry's offices look into.
DOUBTS_OF = tuple(doubts_of(service) for service in ("funding", "projects", "evaluation"))
HOLDINGS: tuple[Holding, ...] = (*FEEDS_HELD, *DOUBTS_HELD, *CHECKS_HELD, *DUPLICATES_HELD)

ROOM = Room(
    routers=(
        doubts.router,
        doubts.codes,
        screening.rules,
        feeds.feeds,
        feeds.uploads,
        feeds.router,
        screening.router,
        checks,
        duplicates,
    ),
    jobs={
        "data_check": checks_done.check,
        "data_check_doubts": checks_done.raise_findings,
        "feed": read_feed,
        "forget_feed": forget_feed,
        "screening": screen,
    },
    figures={**CHECKS, **SCREENING},
    tasks={"doubt": doubt_tasks},
    handles=(
        told_by_anyone(DEPARTMENT_RECORD, keep_records),
        *(projection(aggregate.topic, raise_found) for aggregate in DOUBTS_OF),
    ),
    snapshots={"registry.doubt": present_doubts},
    consequences={
        "person": of_screening.CONSEQUENCES,
        "household": of_doubts.CONSEQUENCES,
        "division": (
            *of_doubts.DIVISION_CONSEQUENCES,
            *of_feeds.DIVISION_CONSEQUENCES,
        ),
    },
)
