"""What the edge of a service needs in an API process, and where its requests find it."""

from dataclasses import dataclass

from starlette.requests import Request

from shared.database.session import Database
from shared.security.access import Matrix
from shared.security.auth import Authenticator
from shared.security.crypto import KeyRing
from shared.settings import Settings


@dataclass(slots=True)
class Runtime:
    """One service's parts in this process; ``base`` is where its API lives, as in ``/api/registry/v1``."""

    base: str
    settings: Settings
    database: Database
    authenticator: Authenticator
    matrix: Matrix
    keys: KeyRing


def runtime_of(request: Request) -> Runtime:
    runtime: Runtime = request.app.state.runtime
    return runtime
