"""A real broker, and two tiny services over real databases: one that tells, one that keeps what it is told."""

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from deploy.kafka.broker import Broker, missing
from services.registry.main import SERVICE as REGISTRY
from shared.database.embedded import EmbeddedServer
from shared.database.session import Database
from shared.events import topics
from shared.settings import Settings
from tests.support import postgres
from tests.support.ledger_of_events import AGGREGATE, SERVICE, TABLES


@pytest.fixture(scope="session")
def broker(run_folder: Path, worker_id: str) -> Iterator[Broker]:
    """A broker of this test process."""
    if why := missing():
        if os.environ.get("REQUIRE_KAFKA") == "1":
            pytest.fail(f"REQUIRE_KAFKA=1, but {why}")
        pytest.skip(f"no real broker here: {why}")
    started = Broker(run_folder / f"kafka-{worker_id}")
    started.start()
    yield started
    started.kill()


@pytest.fixture
async def settings(server: EmbeddedServer, keys: Path, run_folder: Path, broker: Broker) -> Settings:
    """Fresh databases, a topic of the test's own, and timeouts of seconds instead of minutes."""
    await postgres.template(server, REGISTRY, keys, run_folder)
    prefix = await postgres.clone(server, [REGISTRY])
    base = postgres.settings_for(server, prefix, keys)
    made = base.model_copy(
        update={
            "kafka": broker.address,
            "kafka_partitions": 2,
            "broker_timeout": 6.0,
            "retry_pause": 0.1,
            "unknown_reference_patience": 1.0,
        }
    )
    owner = await asyncpg.connect(
        host=base.db_host, port=base.db_port, database=f"{prefix}registry", user="registry_owner"
    )
    try:
        await owner.execute(TABLES)
    finally:
        await owner.close()
    await topics.create([AGGREGATE.topic], made)
    return made


@pytest.fixture
async def database(settings: Settings) -> AsyncIterator[Database]:
    """The worker's view of the database."""
    opened = Database(SERVICE, "worker", settings)
    await opened.start()
    yield opened
    await opened.close()
