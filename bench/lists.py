"""list_page: filtered lists of 50 households at 1,000,000 persons, on any page; then names over the same rows."""

import time
from random import Random

import asyncpg
import httpx

from bench import province, search
from bench.measure import Result, at_most
from bench.stage import Stage, process
from shared.http import paging
from shared.security.auth import Caller, issue

PERSONS = 1_000_000
FILTERS: tuple[dict[str, str], ...] = (
    {"status": "registered"},
    {"cause": "因病", "status": "exited"},
    {"cause": "因婚"},  # forty of all
    {"attribute": "五保贫困户", "cause": "因灾"},
    {"year": "2015", "unsafe_house": "true"},
    {"unsafe_house": "true"},
    {"size_min": "6"},
    {"size_min": "7"},  # nobody
    {"size_max": "2", "attribute": "低保贫困户"},
    {"label": "重点户"},
    {"label": "边缘户", "status": "registered"},  # sixty of all
    {},
)
ROUNDS = 25


async def run(stage: Stage, persons: int = PERSONS) -> list[Result]:
    """A county beside a province, both read by their offices over HTTP."""
    async with stage.bare.acquire() as connection:
        await province.fill(connection, 16_000, counties=[province.COUNTY])
        await province.fill(connection, persons)
        await _mark(connection)
        await search.fill(connection)
    key = stage.folder / "keys" / "issuer.json"
    tokens = {
        scope: issue(key, Caller("bench", frozenset({"county_office"}), scope))
        for scope in ("22", "220701", "220622")
    }
    random = Random(22)
    async with process(stage, "bench.subject", 8701) as address:
        url = f"{address}/api/registry/v1"
        return [await _pages(stage, url, tokens, random), *await search.run(url, tokens, random)]


async def _mark(connection: asyncpg.Connection) -> None:
    """What few households have, and labels."""
    await connection.execute(
        "UPDATE household SET main_cause = '因婚' WHERE id IN"
        " (SELECT id FROM household ORDER BY md5(id::text) LIMIT 40)"
    )
    await connection.execute(
        "INSERT INTO household_label (id, household_id, division, label, begins_on, recorded_at, recorded_by)"
        " SELECT uuidv7(), id, division, '重点户', '2016-01-01', now(), 'bench' FROM household WHERE random() < 0.05"
        " UNION ALL SELECT * FROM (SELECT uuidv7(), id, division, '边缘户', date '2016-01-01', now(), 'bench'"
        " FROM household ORDER BY md5(number) LIMIT 60) AS few"
    )
    await connection.execute("VACUUM ANALYZE household")
    await connection.execute("VACUUM ANALYZE household_label")


async def _pages(stage: Stage, url: str, tokens: dict[str, str], random: Random) -> Result:
    places = await stage.bare.fetch("SELECT division, id FROM household TABLESAMPLE SYSTEM (2) LIMIT 500")
    times: list[tuple[float, str]] = []
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(ROUNDS):
            for filters in FILTERS:
                scope, place = random.choice(sorted(tokens)), random.choice(places)
                cursor = paging.encode([place["division"], str(place["id"])])
                asked = {"limit": "50"} | filters | ({"cursor": cursor} if random.random() < 0.8 else {})
                began = time.perf_counter()
                answer = await client.get(
                    "/households", params=asked, headers={"Authorization": f"Bearer {tokens[scope]}"}
                )
                times.append(((time.perf_counter() - began) * 1000, f"{filters} {scope}"))
                answer.raise_for_status()
    times = times[len(FILTERS) :]  # the first round opens connections and caches
    times.sort(reverse=True)
    print("lists, slowest:", [(round(ms, 1), what) for ms, what in times[:6]])
    return at_most("list_page", search.percentile(times), "ms, p99", 30)
