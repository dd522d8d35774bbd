"""The register: households, what changed of them and when, and the places where they live."""

from services.registry.register.changes import endpoints as changes
from services.registry.register.changes.consequences import CONSEQUENCES as REQUESTS
from services.registry.register.changes.handlers import mark_exited
from services.registry.register.changes.holdings import HOLDINGS as CHANGES_HELD
from services.registry.register.changes.requests import tasks as change_requests
from services.registry.register.changes.snapshots import present as present_households
from services.registry.register.codes.endpoints import router as codes
from services.registry.register.divisions.consequences import goes_over
from services.registry.register.divisions.endpoints import router as divisions
from services.registry.register.divisions.redivide import move_next as redivide
from services.registry.register.history.endpoints import router as history
from services.registry.register.households import endpoints as households
from services.registry.register.households.holdings import HOLDINGS as HOUSEHOLDS_HELD
from services.registry.register.households.holdings import Holding
from services.registry.register.natural_villages.consequences import CONSEQUENCES as STAYS
from services.registry.register.natural_villages.consequences import UNDONE_CONSEQUENCES as STAYS_GO_ON
from services.registry.register.natural_villages.endpoints import router as natural_villages
from services.registry.register.natural_villages.holdings import HOLDINGS as NATURAL_VILLAGES_HELD
from services.registry.register.years.endpoints import router as years
from services.registry.register.years.figures import FIGURES as YEARS
from shared.events.handlers import projection
from shared.service import Room

HOLDINGS: tuple[Holding, ...] = (*HOUSEHOLDS_HELD, *CHANGES_HELD, *NATURAL_VILLAGES_HELD)

ROOM = Room(
    routers=(
        changes.registrations,
        changes.households,
        households.hot,
        households.lookups,
        divisions,
        codes,
        households.router,
        history,
        changes.router,
        years,
        natural_villages,
    ),
    jobs={"redivision": redivide},
    figures=YEARS,
    tasks={"change_request": change_requests},
    handles=(projection("evaluation.exit", mark_exited),),
    snapshots={"registry.household": present_households},
    consequences={
        "household": (*STAYS, *REQUESTS),
        "undone": STAYS_GO_ON,
        # A household that is to enter the register is on none yet: its request goes over with the village, where that
        # became one; of a village that was split, it is asked for anew in the part where it lives.
        "division": (goes_over("change_request", "r.status = 'waiting'", of="whole"),),
    },
)
