"""What benchmarks stand on: a durable embedded server, two services, and processes that serve them."""

import asyncio
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

import asyncpg

from demo.generator import render
from demo.generator.households import Household
from demo.generator.numbers import Numbers
from demo.generator.poverty import household
from shared.database.embedded import EmbeddedServer
from shared.database.session import Database
from shared.security.auth import Caller, issue
from shared.security.crypto import KeyRing
from shared.settings import Mode, Profile, Settings
from tuopin.keys import initialise
from tuopin.services import service
from tuopin.setup import set_up

VILLAGE = "220622100200"
CLERK = Caller("bench", frozenset({"county_office", "finance_officer"}), "220622")
LEADER = Caller("bench leader", frozenset({"county_leader"}), "220622")


@dataclass(slots=True)
class Stage:
    """A server, settings, keys and databases for one benchmark run."""

    settings: Settings
    folder: Path
    keys: KeyRing
    registry: Database
    funding: Database
    bare: "asyncpg.Pool[asyncpg.Record]"

    @property
    def token(self) -> str:
        return issue(self.folder / "keys" / "issuer.json", CLERK)


@asynccontextmanager
async def stage() -> AsyncIterator[Stage]:
    """Everything fresh in a temporary folder, with durable commits."""
    folder = Path(tempfile.mkdtemp(prefix="tuopin-bench-"))
    folder.chmod(0o755)  # noqa: ASYNC240 (before anything runs)
    server = EmbeddedServer(folder / "postgres")
    initialise(folder / "keys")
    settings = Settings(
        mode=Mode.EMBEDDED,
        profile=Profile.PRODUCTION,
        db_host=server.host,
        db_port=server.port,
        db_pool=16,
        jwks=str(folder / "keys" / "jwks.json"),
        keyring=folder / "keys" / "keyring.json",
        objects=str(folder / "objects"),
    )
    services = [service("registry"), service("funding")]
    await set_up(services, settings, await asyncpg.connect(**server.admin()))
    registry, funding = (
        Database(name, "worker", settings, service(name).consequences) for name in ("registry", "funding")
    )
    await registry.start()
    await funding.start()
    bare = await asyncpg.create_pool(**server.admin("tuopin_registry"), min_size=16, max_size=16)
    try:
        await bare.execute(
            "INSERT INTO division (code, name, valid_from, recorded_at, recorded_by)"
            " VALUES ($1, '村', '2000-01-01', now(), 'b')",
            VILLAGE,
        )
        keys = KeyRing.load(folder / "keys" / "keyring.json")
        yield Stage(settings, folder, keys, registry, funding, bare)
    finally:
        await bare.close()
        await registry.close()
        await funding.close()
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def homes(count: int, size: int | None = None, seed: int = 1) -> list[Household]:
    """Made households of one village; different seeds never share a number."""
    random = Random(seed)
    numbers = Numbers(random, 220622 + seed * 1000)
    made = []
    for _ in range(count):
        people = size or random.choices((1, 2, 3, 4), (30, 40, 20, 10))[0]
        home = household(random, numbers, VILLAGE, people, date(2014, 6, 1))
        # What is measured has the items of a household that every version of the benchmarks had.
        home.items = {}
        for who in home.members:
            who.items = {}
        made.append(home)
    return made


def bodies(count: int, size: int) -> list[str]:
    """Registrations as JSON."""
    return [json.dumps(render.household(home), ensure_ascii=False) for home in homes(count, size)]


@asynccontextmanager
async def process(stage: Stage, module: str, port: int) -> AsyncIterator[str]:
    """``python -m module port`` with the stage's settings; answers its address once it listens."""
    environment = os.environ | {
        "TUOPIN_MODE": "embedded",
        "TUOPIN_PROFILE": "production",
        "TUOPIN_DB_HOST": stage.settings.db_host,
        "TUOPIN_DB_PORT": str(stage.settings.db_port),
        "TUOPIN_DB_POOL": "16",
        "TUOPIN_JWKS": stage.settings.jwks,
        "TUOPIN_KEYRING": str(stage.settings.keyring),
        "TUOPIN_OBJECTS": stage.settings.objects,
    }
    running = subprocess.Popen([sys.executable, "-m", module, str(port)], env=environment)  # noqa: ASYNC220, S603
    try:
        for _ in range(200):
            await asyncio.sleep(0.05)
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                break
            except OSError:
                continue
        yield f"http://127.0.0.1:{port}"
    finally:
        running.terminate()
        running.wait()


class WrkMissing(SystemExit):
    """The load generator is a Debian package."""


def require_wrk() -> None:
    """Raises WrkMissing where the load generator is not installed."""
    if shutil.which("wrk") is None:
        raise WrkMissing("the HTTP benchmarks need wrk: apt-get install wrk")


async def load(url: str, *, seconds: int = 4, connections: int = 16, script: str = "", header: str = "") -> float:
    """Requests a second that were answered 2xx, by wrk."""
    output = await _wrk(url, seconds, connections, script, header)
    return float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])  # type: ignore[index]


async def slowest(url: str, *, seconds: int = 4, connections: int = 200, header: str = "") -> float:
    """How many milliseconds the answer took that was slower than 99 of 100, by wrk."""
    output = await _wrk(url, seconds, connections, "", header)
    value, unit = re.search(r"99%\s+([\d.]+)(us|ms|s)\b", output).groups()  # type: ignore[union-attr]
    return float(value) * {"us": 0.001, "ms": 1, "s": 1000}[unit]


async def _wrk(url: str, seconds: int, connections: int, script: str, header: str) -> str:
    command = [
        "wrk",
        "-t1",
        f"-c{connections}",
        f"-d{seconds}s",
        "--latency",
        "-H",
        f"Authorization: Bearer {header}",
    ]
    command += ["-s", script] if script else []
    done = await asyncio.create_subprocess_exec(*command, url, stdout=subprocess.PIPE)
    output = (await done.communicate())[0].decode()
    wrong = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    total = int(re.search(r"(\d+) requests in", output)[1])  # type: ignore[index]
    if wrong and int(wrong[1]) > total * 0.01:
        raise RuntimeError(output)
    return output
