"""Fixtures that every test shares: a real PostgreSQL, keys, and the services over HTTP."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from services.evaluation.main import SERVICE as EVALUATION
from services.funding.main import SERVICE as FUNDING
from services.projects.main import SERVICE as PROJECTS
from services.registry.main import SERVICE as REGISTRY
from shared.database.embedded import EmbeddedServer
from shared.security.auth import generate_keys
from shared.security.crypto import KeyRing
from shared.service import Service
from shared.settings import Mode, Profile, Settings
from shared.telemetry import configure
from tests.support import postgres
from tests.support.api import Api, running
from tests.support.sockets import confine

configure(Settings(mode=Mode.EMBEDDED), "tests")
confine()
SERVICES = [REGISTRY, FUNDING, PROJECTS, EVALUATION]


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all processes of this test run share."""
    base = tmp_path_factory.getbasetemp()
    return base / "shared" if worker_id == "master" else base.parent / "shared"


@pytest.fixture(scope="session")
def keys(run_folder: Path) -> Path:
    """The run's token key pair and field keys."""
    folder = run_folder / "keys"
    with postgres.locked(run_folder):
        if not folder.exists():
            generate_keys(folder)
            (folder / "keyring.json").write_text(json.dumps(KeyRing.generate().to_json()))
    return folder


@pytest.fixture(scope="session")
def server(run_folder: Path) -> EmbeddedServer:
    """The run's PostgreSQL server."""
    return postgres.start(run_folder)


async def _running(
    service: Service, server: EmbeddedServer, keys: Path, run_folder: Path, profile: Profile = Profile.DEMONSTRATION
) -> AsyncIterator[Api]:
    await postgres.template(server, service, keys, run_folder)
    prefix = await postgres.clone(server, [service])
    settings = postgres.settings_for(server, prefix, keys, profile)
    await postgres.stamped(settings, service)
    async with running(service, settings, keys) as api:
        yield api


@pytest.fixture(scope="module")
async def registry(server: EmbeddedServer, keys: Path, run_folder: Path) -> AsyncIterator[Api]:
    """The registry on an empty database of this module."""
    async for api in _running(REGISTRY, server, keys, run_folder):
        yield api


@pytest.fixture(scope="module")
async def funding(server: EmbeddedServer, keys: Path, run_folder: Path) -> AsyncIterator[Api]:
    """The funding service on an empty database of this module."""
    async for api in _running(FUNDING, server, keys, run_folder):
        yield api


@pytest.fixture(scope="module")
async def projects(server: EmbeddedServer, keys: Path, run_folder: Path) -> AsyncIterator[Api]:
    """The projects service on an empty database of this module."""
    async for api in _running(PROJECTS, server, keys, run_folder):
        yield api


@pytest.fixture(scope="module")
async def evaluation(server: EmbeddedServer, keys: Path, run_folder: Path) -> AsyncIterator[Api]:
    """The evaluation service on an empty database of this module."""
    async for api in _running(EVALUATION, server, keys, run_folder):
        yield api
