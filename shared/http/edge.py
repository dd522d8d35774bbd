"""The edge of a request: who calls, may they, one transaction around the endpoint, one answer per key.

A route class and not a dependency: the answer is complete when the transaction commits, so it can be stored with
its ``Idempotency-Key`` in that transaction, and a commit that fails reaches the client as an error (ADR 2).
"""

import hashlib
import json
from collections.abc import Callable, Coroutine
from functools import lru_cache
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.errors import is_transient
from shared.http import idempotency, parameters
from shared.http.responses import kept_response, localised
from shared.http.runtime import Runtime, runtime_of
from shared.problems import BadRequest, Conflict, Invalid, Problem
from shared.security.access import Row
from shared.security.auth import Caller
from shared.time.patience import wake

Handler = Callable[[Request], Coroutine[Any, Any, Response]]
_WRITES = {"POST", "PUT", "PATCH", "DELETE"}
_TRIES = 3


class KeyMissing(BadRequest):
    slug = "idempotency-key-required"
    zh = "请刷新页面后重新提交"
    en = "A write needs an Idempotency-Key"


class GuardedRoute(APIRoute):
    """A route behind the access matrix: no token 401, no right 403, before anything of the body is read; and it takes
    no query parameter that it does not declare.
    """

    declared: frozenset[str]

    def get_route_handler(self) -> Handler:
        self.declared = frozenset(parameters.declared(self.dependant))
        inner = self.calling(super().get_route_handler())

        async def guarded(request: Request) -> Response:
            runtime = runtime_of(request)
            caller = await runtime.authenticator.caller(request.headers.get("authorization"))
            row = runtime.matrix[f"{request.method} {self.path}"]
            row.check(caller)
            parameters.check(request, self.parameters(request))
            request.state.caller = caller
            request.state.purpose = row.purpose
            request.state.kept = row.kept
            return localised(request, await self.answer(inner, request, runtime, row))

        return guarded

    def parameters(self, request: Request) -> frozenset[str]:
        """The query parameters that a request may name."""
        return self.declared

    def calling(self, inner: Handler) -> Handler:
        """How the endpoint is called: as FastAPI does it."""
        return inner

    async def answer(self, inner: Handler, request: Request, runtime: Runtime, row: Row) -> Response:
        """The endpoint's answer; a write's refusal is remembered under its key."""
        if request.method not in _WRITES:
            return await inner(request)
        caller: Caller = request.state.caller
        request.state.claim = claim = idempotency.Claim(caller.subject, key_of(request), await _digest(request))
        try:
            answer = await inner(request)
        except (Conflict, Invalid) as refusal:
            return await remember(refusal, request, runtime, caller, info_of(request), claim)
        wake()
        return answer


class UnitRoute(GuardedRoute):
    """One transaction per request; a write is remembered under its key together with its answer."""

    async def answer(self, inner: Handler, request: Request, runtime: Runtime, row: Row) -> Response:
        caller: Caller = request.state.caller
        info = info_of(request)
        if request.method not in _WRITES:
            async with runtime.database.transaction(caller, **info) as session:
                request.state.session = session
                return await inner(request)
        claim = idempotency.Claim(caller.subject, key_of(request), await _digest(request))
        for attempt in range(1, _TRIES + 1):
            try:
                return await self._write(inner, request, runtime, caller, info, claim)
            except DBAPIError as error:
                # Deadlocks and serialization failures undo everything, so the same request may simply run again.
                if attempt == _TRIES or not is_transient(error):
                    raise
        raise AssertionError

    async def _write(
        self,
        inner: Handler,
        request: Request,
        runtime: Runtime,
        caller: Caller,
        info: dict[str, object],
        claim: idempotency.Claim,
    ) -> Response:
        try:
            async with runtime.database.transaction(caller, **info) as session:
                if stored := await idempotency.claim(session, claim):
                    return stored
                request.state.session = session
                response = await inner(request)
                if request.state.kept:
                    await idempotency.store(session, claim, response)
            wake()
            return response
        except (Conflict, Invalid) as refusal:
            # A retry gets the same refusal, even if the facts have changed meanwhile.
            return await remember(refusal, request, runtime, caller, info, claim)


async def remember(
    refusal: Problem,
    request: Request,
    runtime: Runtime,
    caller: Caller,
    info: dict[str, object],
    claim: idempotency.Claim,
) -> Response:
    """The answer of a refusal, kept under its key in a transaction of its own."""
    if isinstance(refusal, idempotency.KeyReused):
        raise refusal
    response = kept_response(refusal)
    async with runtime.database.transaction(caller, **info) as session:
        if stored := await idempotency.claim(session, claim):
            return stored
        await idempotency.store(session, claim, response)
    return response


def info_of(request: Request) -> dict[str, object]:
    """What the audit record notes beside the caller."""
    return {"purpose": request.state.purpose, "request_id": request.state.request_id}


def caller_json(request: Request) -> str:
    """The caller as hot SQL functions take it, for their line in the audit record."""
    # An accepted request id is plain characters, so it needs no escaping.
    return f'{_known(request.state.caller, request.state.purpose)}, "request_id": "{request.state.request_id}"}}'


@lru_cache
def _known(caller: Caller, purpose: str) -> str:
    about = {
        "subject": caller.subject,
        "roles": f"{{{','.join(sorted(caller.roles))}}}",
        "division": caller.division,
        "purpose": purpose,
    }
    return json.dumps(about)[:-1]


def key_of(request: Request) -> str:
    """The request's Idempotency-Key. Raises KeyMissing (400)."""
    key = request.headers.get("idempotency-key", "")
    if not 8 <= len(key) <= 128 or not key.isprintable():
        raise KeyMissing(field="Idempotency-Key", rule="8 to 128 printable characters")
    return key


async def _digest(request: Request) -> bytes:
    """What the same key must come with again: method, path, query and body."""
    digest = opening(request)
    digest.update(await request.body())
    return digest.digest()


def opening(request: Request) -> "hashlib._Hash":
    """The digest of a request before its body."""
    return hashlib.sha256(f"{request.method} {request.url.path}?{request.url.query}\n".encode())


async def _session(request: Request) -> AsyncSession:
    session: AsyncSession = request.state.session
    return session


async def _caller(request: Request) -> Caller:
    caller: Caller = request.state.caller
    return caller


Session = Annotated[AsyncSession, Depends(_session)]
CurrentCaller = Annotated[Caller, Depends(_caller)]
