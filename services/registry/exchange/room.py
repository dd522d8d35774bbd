"""Files in and out: imports and exports in the national layouts."""

from services.registry.exchange.exports import making
from services.registry.exchange.exports.endpoints import router as exports
from services.registry.exchange.imports import endpoints as imports
from services.registry.exchange.imports import forgetting, loading

ROUTERS = (imports.uploads, imports.router, exports)
JOBS = {
    "import": loading.step,
    "forget_import": forgetting.step,
    "export": making.step,
    "forget_export": making.forget,
}
