"""Services under test, called the way a client calls them: over HTTP, with a token."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg
import httpx
from fastapi import FastAPI

from shared.database.session import Database
from shared.names.ids import uuid7
from shared.process.app import create_app, side_by_side
from shared.security.auth import Caller, issue
from shared.service import Service
from shared.settings import Settings


class Client(httpx.AsyncClient):
    """An HTTP client that gives each write a key of its own, unless the test gives one."""

    sent: "list[Sent] | None" = None

    async def request(self, method: str, url: Any, **options: Any) -> httpx.Response:
        headers = dict(options.pop("headers", None) or {})
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            headers.setdefault("Idempotency-Key", str(uuid7()))
        answer = await super().request(method, url, headers=headers, **options)
        if self.sent is not None:
            headers.pop("Idempotency-Key", None)
            self.sent.append(Sent(method, str(url), options | {"headers": headers}, answer))
        return answer


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that a test made, so that it can be made again by somebody else."""

    method: str
    url: str
    options: dict[str, Any]
    answer: httpx.Response


@dataclass(slots=True)
class Api:
    """A running service: clients for any caller, and its databases for double assertions."""

    service: Service
    app: FastAPI
    settings: Settings
    keys: Path
    worker: Database
    sent: list[Sent] = field(default_factory=list)

    async def owner(self) -> asyncpg.Connection:
        """A connection of the role that owns the service's tables."""
        return await asyncpg.connect(
            host=self.settings.db_host,
            port=self.settings.db_port,
            database=self.settings.db_prefix + self.service.name,
            user=f"{self.service.name}_owner",
        )

    def token(self, *roles: str, division: str = "220622", subject: str | None = None, **claims: Any) -> str:
        caller = Caller(subject or "-".join(roles), frozenset(roles), division, claims.get("purposes"))
        return issue(self.keys / "issuer.json", caller)

    def client(self, *roles: str, division: str = "220622", subject: str | None = None, **claims: Any) -> Client:
        """A client for a caller; relative paths are under the service's base."""
        mounted = side_by_side({self.service.base: self.app})
        client = Client(
            transport=httpx.ASGITransport(mounted, raise_app_exceptions=False),
            base_url=f"http://tuopin.test{self.service.base}",
            headers={"Authorization": f"Bearer {self.token(*roles, division=division, subject=subject, **claims)}"},
        )
        client.sent = self.sent
        return client


@asynccontextmanager
async def running(service: Service, settings: Settings, keys: Path) -> AsyncIterator[Api]:
    """A service's application on its cloned database."""
    app = create_app(service, settings)
    worker = Database(service.name, "worker", settings, service.consequences)
    await worker.start()
    try:
        async with app.router.lifespan_context(app):
            yield Api(service, app, settings, keys, worker)
    finally:
        await worker.close()
