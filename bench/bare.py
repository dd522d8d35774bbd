"""The baselines over HTTP: a bare starlette application with asyncpg, the same SQL and JSON, nothing else."""

import json
import os
import sys

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

_READ = """
    SELECT json_build_object(
        'id', h.id, 'division', h.division, 'number', h.number, 'version', h.version, 'status', h.status,
        'size', h.size, 'identified_on', h.identified_on, 'attribute', h.attribute, 'main_cause', h.main_cause,
        'other_causes', h.other_causes, 'facts', h.facts, 'phone', h.phone_masked, 'bank_card', h.card_masked, 'source', h.source, 'captured_at', h.captured_at,
        'recorded_at', h.recorded_at,
        'members', (
            SELECT json_agg(json_build_object(
                'id', p.id, 'number', p.number, 'name', p.name, 'relation', m.relation, 'sex', p.sex, 'born', p.born,
                'identity_number', p.identity_masked, 'document_kind', p.document_kind, 'phone', p.phone_masked,
                'facts', m.facts, 'joined_on', m.joined_on
            ) ORDER BY m.relation <> '户主', p.born, p.id)
            FROM membership m JOIN person p ON p.id = m.person_id
            WHERE m.household_id = h.id AND m.superseded_at IS NULL AND m.left_on IS NULL)
    )::text FROM household h WHERE h.id = $1
"""
INSERTS = {
    "household": "INSERT INTO bare_household SELECT $1, $2, $3, 1, 'registered', $4, '2014-06-01', $5, $6,"
    " $7, $8, $9, $10, 'typed', $11, NULL, now(), 'b', '{}', '{\"land_mu\": \"1.50\", \"income_fen\": 100}', '{}', NULL",
    "person": "INSERT INTO bare_person VALUES ($1, $2, $3, $4, '男', '1960-01-01', 'resident', $5, $6, $7,"
    " now(), 'b', NULL, NULL, NULL)",
    "gram": "INSERT INTO bare_gram VALUES ($1, $2, $3)",
    "membership": "INSERT INTO bare_membership VALUES ($1, $2, $3, 1, '其他', '2014-06-01', NULL, now(), NULL,"
    ' \'{"labour": "普通劳动力", "education": "小学", "ethnicity": "汉"}\', \'{}\')',
    "state": "INSERT INTO bare_state VALUES ($1, $2, 1, 'registered', 4, 'a', 'b', '2014-06-01', NULL, now(), NULL,"
    " '{}', '{\"land_mu\": \"1.50\", \"income_fen\": 100}', '{}')",
    "change": "INSERT INTO bare_change VALUES ($1, $2, $3, 1, 'registration', 'identified', 'direct', '2014-06-01', 1, 4, NULL, NULL,"
    " NULL, now(), 'b', 'typed', '{}', NULL, NULL, NULL)",
    "audit": "INSERT INTO bare_audit (recorded_at, business_at, actor, roles, actor_division, purpose, action, object_kind,"
    " object_id, division, after) VALUES (now(), now(), 'b', '{x}', '220622', 'p', 'a', 'household', $1, $2, '{}')",
    "idempotency": "INSERT INTO bare_idempotency VALUES ('b', $1, $2, 201, '{}', $3, now())",
    "outbox": "INSERT INTO bare_outbox (event_id, topic, key, type, payload, headers) VALUES ($1, 't', $2, 'x', $3, '{}')",
}
TABLES = {
    "household": "bare_household",
    "person": "bare_person",
    "person_gram": "bare_gram",
    "membership": "bare_membership",
    "household_state": "bare_state",
    "change": "bare_change",
    "audit_entry": "bare_audit",
    "idempotency": "bare_idempotency",
    "outbox": "bare_outbox",
}


def application() -> Starlette:
    """One route, one statement."""
    pools: list[asyncpg.Pool[asyncpg.Record]] = []

    async def pool() -> "asyncpg.Pool[asyncpg.Record]":
        if not pools:
            pools.append(
                await asyncpg.create_pool(
                    host=os.environ["TUOPIN_DB_HOST"],
                    port=int(os.environ["TUOPIN_DB_PORT"]),
                    user="postgres",
                    database="tuopin_registry",
                    min_size=1,
                    max_size=16,
                    reset=_keep,
                )
            )
        return pools[0]

    async def read(request: Request) -> Response:
        body = await (await pool()).fetchval(_READ, request.path_params["id"])
        return Response(body, media_type="application/json")

    return Starlette(routes=[Route("/households/{id}", read)])


async def _keep(connection: object) -> None:
    """No reset between requests, as in the subject."""


if __name__ == "__main__":
    print(json.dumps({"bare": sys.argv[1]}))
    uvicorn.run(application(), port=int(sys.argv[1]), log_level="warning", access_log=False)
