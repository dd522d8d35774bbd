"""Files in and out: imports and exports in the national layouts."""

from services.registry.exchange.exports import consequences as of_exports
from services.registry.exchange.exports import jobs as exports_made
from services.registry.exchange.exports.endpoints import router as exports
from services.registry.exchange.exports.tasks import TASKS as EXPORTS_WAITING
from services.registry.exchange.imports import endpoints as imports
from services.registry.exchange.imports import jobs as imports_loaded
from services.registry.exchange.imports.tasks import tasks as imports_waiting
from shared.service import Room

ROOM = Room(
    routers=(imports.uploads, imports.router, exports),
    jobs={
        "import": imports_loaded.work_on,
        "forget_import": imports_loaded.forget,
        "export": exports_made.make,
        "forget_export": exports_made.forget,
    },
    tasks={"import": imports_waiting, **EXPORTS_WAITING},
    consequences={
        "division": of_exports.DIVISION_CONSEQUENCES,
    },
)
