"""Several services that hear of each other, on databases of their own, and do their jobs when they are let."""

from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shared.database.embedded import EmbeddedServer
from shared.events.bus import LocalBus
from shared.events.consumer import Consumer
from shared.events.relay import Relay
from shared.jobs.runner import run_one_step
from shared.security.crypto import keyring
from shared.service import Service
from shared.settings import Profile
from tests.support import postgres
from tests.support.api import Api, running
from tests.support.world import move_clock


@dataclass(slots=True)
class Together:
    """Services by their names; ``day`` is the one on which their clocks stand."""

    apis: dict[str, Api]
    _relays: list[Relay] = field(default_factory=list)
    day: str | None = None

    async def settle(self) -> None:
        """Let everything that follows from what was done take effect: events, and jobs that are due."""
        while True:
            done = sum([await relay.once() for relay in self._relays])
            for api in self.apis.values():
                while await run_one_step(api.worker, api.service.jobs, api.app.state.runtime.keys):
                    done += 1
            if not done:
                return

    async def go_to(self, day: str) -> None:
        """Move every clock to a day, and let what is due then be done."""
        if day != self.day:
            for api in self.apis.values():
                await move_clock(api, day)
            self.day = day
            await self.settle()


@asynccontextmanager
async def together(
    services: Sequence[Service], server: EmbeddedServer, keys: Path, folder: Path
) -> AsyncIterator[Together]:
    """Services of one demonstration."""
    for service in services:
        await postgres.template(server, service, keys, folder)
    prefix = await postgres.clone(server, list(services))
    settings = postgres.settings_for(server, prefix, keys, Profile.DEMONSTRATION)
    bus, ring = LocalBus(), keyring(settings)
    async with AsyncExitStack() as stack:
        apis = {}
        for service in services:
            await postgres.stamped(settings, service)
            apis[service.name] = await stack.enter_async_context(running(service, settings, keys))
        for api in apis.values():
            bus.subscribe(Consumer(api.service.name, api.worker, api.service.handles, settings, ring))
        yield Together(apis, [Relay(api.worker, bus, settings) for api in apis.values()])
