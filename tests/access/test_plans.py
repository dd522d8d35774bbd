"""No list and no report reads a whole table: each of their statements has an index that serves it.

Test tables are small, so the planner is told to avoid whole reads: where it still plans one, no index serves.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from httpx import Response
from sqlalchemy import event

from tests.access.test_foreign import calls
from tests.access.test_matrix import MATRICES, ROWS
from tests.support.api import Api, Sent

READS = [(name, endpoint) for name, endpoint in ROWS if endpoint.startswith("GET ")]
# Short by nature: a row a bank and year, what was proposed for the policies, and the clock.
SHORT = {"contribution", "risk_fund", "policy_proposal", "simulated_clock"}


@contextmanager
def listening(api: Api) -> Iterator[list[tuple[str, Any]]]:
    """The statements that the service's sessions execute meanwhile, with their parameters."""
    heard: list[tuple[str, Any]] = []

    def hear(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        heard.append((statement, parameters))

    engine = api.app.state.runtime.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", hear)
    try:
        yield heard
    finally:
        event.remove(engine, "before_cursor_execute", hear)


def whole_reads(plan: dict[str, Any]) -> Iterator[str]:
    if plan["Node Type"] == "Seq Scan":
        yield plan["Relation Name"]
    for part in plan.get("Plans", ()):
        yield from whole_reads(part)


@pytest.mark.parametrize(("name", "endpoint"), READS, ids=str)
async def test_a_read_is_served_by_indexes(lived: dict[str, Api], name: str, endpoint: str):
    api = lived[name]
    with listening(api) as heard:
        async with api.client(*MATRICES[name][endpoint].roles) as client:
            for one in calls(api, endpoint)[:4] or [Sent("GET", endpoint.removeprefix("GET "), {}, Response(200))]:
                await client.request(one.method, one.url, **one.options)
    async with api.app.state.runtime.database.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT app_open('220622', NULL)")
        await connection.execute("SET LOCAL enable_seqscan = off")
        for statement, parameters in heard:
            if re.match(r"\s*(SELECT|WITH)\b", statement) and " FROM " in re.sub(r"\s+", " ", statement):
                plan = json.loads(await connection.fetchval("EXPLAIN (FORMAT JSON) " + statement, *parameters))
                assert set(whole_reads(plan[0]["Plan"])) <= SHORT, statement
