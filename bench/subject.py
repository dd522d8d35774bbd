"""The registry's API as a process, as ``tuopin api registry`` runs it."""

import sys

import uvicorn

from shared.process.app import AtBase, create_app
from shared.process.collector import collect_less
from shared.settings import Settings
from shared.telemetry import configure
from tuopin.services import service

if __name__ == "__main__":
    settings = Settings()
    configure(settings, "bench", quiet=True)
    registry = service("registry")
    app = AtBase(create_app(registry, settings), registry.base)
    collect_less()
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
