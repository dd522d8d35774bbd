"""The few hot endpoints: one SQL function each, reached before the router and called without dependencies (ADR 9).

They are ordinary routes to everything else: the OpenAPI document, the access matrix and its generated tests.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from uuid import UUID

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import TypeAdapter, ValidationError
from starlette.routing import Match
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.http.edge import GuardedRoute, Handler
from shared.http.failures import answer_to

Reader = Callable[[Request], Awaitable[object]]


class HotRoute(GuardedRoute):
    """A guarded route whose endpoint opens scope, records and answers itself, in one statement.

    Its arguments are the request, then identifiers from the path and at most one JSON body; it answers a Response.
    """

    def calling(self, inner: Handler) -> Handler:
        endpoint = self.endpoint
        _, *arguments, _ = inspect.get_annotations(endpoint).items()
        readers = [_reader(name, kind) for name, kind in arguments]

        async def call(request: Request) -> Response:
            response: Response = await endpoint(request, *[await read(request) for read in readers])
            return response

        return call


def _reader(name: str, kind: type[object]) -> Reader:
    adapter: TypeAdapter[object] = TypeAdapter(kind)

    async def path(request: Request) -> object:
        try:
            return adapter.validate_strings(request.path_params[name])
        except ValidationError as error:
            raise _refused("path", name, error) from error

    async def body(request: Request) -> object:
        try:
            return adapter.validate_json(await request.body())
        except ValidationError as error:
            raise _refused("body", None, error) from error

    return path if kind is UUID else body


def _refused(place: str, name: str | None, error: ValidationError) -> RequestValidationError:
    where = (place, name) if name else (place,)
    details = error.errors(include_url=False, include_input=False)
    return RequestValidationError([{**detail, "loc": (*where, *detail["loc"])} for detail in details])


class Shortcut:
    """ASGI: a request for a hot route goes straight to it; every other one to the application."""

    def __init__(self, app: ASGIApp, routes: Sequence[HotRoute]) -> None:
        self.app = app
        self.routes: dict[str, list[tuple[HotRoute, ASGIApp]]] = {}
        for route in routes:
            application = _application(route.get_route_handler())
            for method in route.methods or ():
                self.routes.setdefault(method, []).append((route, application))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self._direct(scope) or self.app)(scope, receive, send)

    def _direct(self, scope: Scope) -> ASGIApp | None:
        if scope["type"] == "http":
            for route, application in self.routes.get(scope["method"], ()):
                match, found = route.matches(scope)
                if match is Match.FULL:
                    scope.update(found)
                    return application
        return None


def _application(handler: Handler) -> ASGIApp:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await handler(request)
        except Exception as error:  # noqa: BLE001 (every failure has its problem document)
            response = await answer_to(request, error)
        await response(scope, receive, send)

    return answer
