"""The platform as processes: a broker, a server, an API and a worker per service, each started again when it ends."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import asyncpg

from deploy.kafka.broker import Broker, free_port
from shared.database.embedded import EmbeddedServer
from shared.security.auth import ROLES, Caller, issue
from tuopin.keys import initialise
from tuopin.services import NAMES


@dataclass(slots=True)
class Supervised:
    """A process that is started again whenever it ends."""

    command: list[str]
    environment: dict[str, str]
    log: Path
    starts: int = 0
    process: asyncio.subprocess.Process | None = None
    stopping: bool = False

    async def keep(self) -> None:
        """Run it until told to stop."""
        while not self.stopping:
            with self.log.open("ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *self.command, env=self.environment, stdout=log, stderr=log
                )
            self.starts += 1
            await self.process.wait()
            await asyncio.sleep(0.2)

    def kill(self) -> None:
        """``kill -9``."""
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(signal.SIGKILL)


@dataclass(slots=True)
class Platform:
    """Everything that runs, where it listens, and how often it was killed."""

    folder: Path
    server: EmbeddedServer
    broker: Broker
    ports: dict[str, int]
    processes: list[Supervised] = field(default_factory=list)
    tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    kills: int = 0

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}/api/{service}/v1"

    def token(self, role: str) -> str:
        assert role in ROLES
        return issue(self.folder / "keys" / "issuer.json", Caller(role, frozenset({role}), "220622"))

    async def database(self, service: str) -> asyncpg.Connection:
        """An auditor's own connection, past row-level security."""
        return await asyncpg.connect(**self.server.admin(f"tuopin_{service}"))

    async def disturb(self, random: Random) -> None:
        """Kill -9 one process, or (one time in six) the broker, which is started again after a while."""
        self.kills += 1
        if random.randrange(6):
            random.choice(self.processes).kill()
            return
        self.broker.kill()
        await asyncio.sleep(random.uniform(1, 6))
        await asyncio.to_thread(self.broker.start)

    async def stop(self) -> None:
        for one in self.processes:
            one.stopping = True
            one.kill()
        await asyncio.gather(*self.tasks)
        self.broker.kill()
        self.server.stop()


async def start(folder: Path, say: Callable[[str], None]) -> Platform:
    """Start everything over an empty folder and migrate."""
    folder.chmod(0o755)  # noqa: ASYNC240 (before anything runs)
    initialise(folder / "keys")
    server = await asyncio.to_thread(EmbeddedServer, folder / "postgres")
    broker = Broker(folder / "kafka")
    await asyncio.to_thread(broker.start)
    environment = _environment(folder, server, broker)
    migrating = await asyncio.create_subprocess_exec(sys.executable, "-m", "tuopin", "migrate", env=environment)
    if await migrating.wait():
        raise SystemExit("migrate failed")
    platform = Platform(folder, server, broker, {name: free_port() for name in NAMES})
    for name in NAMES:
        health = str(free_port())
        for command in (["api", name, "--port", str(platform.ports[name])], ["worker", name, "--port", health]):
            log = folder / f"{name}-{command[0]}.log"
            platform.processes.append(Supervised([sys.executable, "-m", "tuopin", *command], environment, log))
    platform.tasks = [asyncio.create_task(one.keep()) for one in platform.processes]
    say(f"{len(platform.processes)} processes, broker and server are up in {folder}")
    return platform


def _environment(folder: Path, server: EmbeddedServer, broker: Broker) -> dict[str, str]:
    return os.environ | {
        "TUOPIN_MODE": "distributed",
        "TUOPIN_PROFILE": "production",
        "TUOPIN_DB_HOST": server.host,
        "TUOPIN_DB_PORT": str(server.port),
        "TUOPIN_DB_ADMIN_URL": f"postgresql://postgres@/postgres?host={server.host}&port={server.port}",
        "TUOPIN_DB_OWNER_PASSWORD": "soak",
        "TUOPIN_DB_API_PASSWORD": "soak",
        "TUOPIN_DB_WORKER_PASSWORD": "soak",
        "TUOPIN_DB_POOL": "6",
        "TUOPIN_KAFKA": broker.address,
        "TUOPIN_KAFKA_PARTITIONS": "3",
        "TUOPIN_BROKER_TIMEOUT": "8",
        "TUOPIN_JWKS": str(folder / "keys" / "jwks.json"),
        "TUOPIN_KEYRING": str(folder / "keys" / "keyring.json"),
    }
