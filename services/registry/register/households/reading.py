"""Read one household: one statement, which also notes who saw it."""

from uuid import UUID

from fastapi import Request, Response

from services.registry.register.fields import catalogue
from shared.http.edge import caller_json
from shared.http.runtime import runtime_of
from shared.problems import NotFound

_READ = "SELECT version, body FROM read_household($1, $2, $3::jsonb, $4)"


class NoSuchHousehold(NotFound):
    slug, zh, en = "no-such-household", "辖区内没有这一户", "There is no such household in your division"


async def one(request: Request, id: UUID) -> Response:
    """The household as JSON with its version as ETag. Raises NoSuchHousehold (404)."""
    database = runtime_of(request).database
    row = await database.pool.fetchrow(
        _READ, request.state.caller.division, database.moment, caller_json(request), id
    )
    if row["body"] is None:
        raise NoSuchHousehold(field="household_id")
    headers = {"ETag": f'"{row["version"]}"', "Cache-Control": "no-store"}
    return Response(catalogue.in_yuan(row["body"]), 200, headers, "application/json")
