"""An application on a port of its own, served as the platform's processes are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from starlette.applications import Starlette

from deploy.kafka.broker import free_port
from tuopin.processes import server


@asynccontextmanager
async def served(app: Starlette) -> AsyncIterator[tuple[str, uvicorn.Server]]:
    """Answers its address and the server; stops it in the end."""
    port = free_port()
    running = server(app, "127.0.0.1", port)
    running.install_signal_handlers = lambda: None  # type: ignore[attr-defined]
    serving = asyncio.create_task(running.serve())
    for _ in range(500):
        if running.started:
            break
        await asyncio.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}", running
    finally:
        running.should_exit = True
        await serving
