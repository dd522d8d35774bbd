"""Files in and out: imports and exports in the national layouts."""

from services.registry.exchange.exports import consequences as of_exports
from services.registry.exchange.exports import jobs as exports_made
from services.registry.exchange.exports.endpoints import router as exports
from services.registry.exchange.exports.tasks import TASKS as EXPORTS_WAITING
from services.registry.exchange.imports import endpoints as imports
from services.registry.exchange.imports import jobs as imports_loaded
from services.registry.exchange.imports.tasks import tasks as imports_waiting
from services.registry.exchange.reconciliations import consequences as of_reconciliations
from services.registry.exchange.reconciliations import endpoints as reconciliations
from services.registry.exchange.reconciliations import jobs as reconciled
from services.registry.exchange.reconciliations.holdings import HOLDINGS as RECONCILIATIONS_HELD
from services.registry.exchange.reconciliations.tasks import tasks as to_reconcile
from services.registry.register.households.holdings import Holding
from shared.service import Room

HOLDINGS: tuple[Holding, ...] = RECONCILIATIONS_HELD
ROOM = Room(
    routers=(imports.uploads, imports.router, exports, reconciliations.uploads, reconciliations.router),
    jobs={
        "import": imports_loaded.work_on,
        "forget_import": imports_loaded.forget,
        "export": exports_made.make,
        "forget_export": exports_made.forget,
        "reconcile": reconciled.reconcile,
        "settle_reconciliation": reconciled.settle_many,
        "forget_reconciliation": reconciled.forget,
    },
    tasks={"import": imports_waiting, "reconciliation": to_reconcile, **EXPORTS_WAITING},
    consequences={
        "household": of_reconciliations.CONSEQUENCES,
        "division": (*of_exports.DIVISION_CONSEQUENCES, *of_reconciliations.DIVISION_CONSEQUENCES),
    },
)
