"""The registry's API as a process, as ``tuopin api registry`` runs it."""

import sys

import uvicorn
from starlette.applications import Starlette
from starlette.routing import Mount

from shared.app import create_app, mounted_lifespan
from shared.settings import Settings
from shared.telemetry import configure
from tuopin.services import service

if __name__ == "__main__":
    settings = Settings()
    configure(settings, "bench", quiet=True)
    registry = service("registry")
    app = create_app(registry, settings)
    root = Starlette(routes=[Mount(registry.base, app)], lifespan=mounted_lifespan(app))
    uvicorn.run(root, port=int(sys.argv[1]), log_level="warning", access_log=False)
