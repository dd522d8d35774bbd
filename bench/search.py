"""search_name: parts of names, in characters, pinyin and initials, over a province and over one county."""

import statistics
import time
from random import Random

import asyncpg
import httpx

from bench.measure import Result, at_most
from shared.names.grams import grams
from shared.names.ids import uuid7

TERMS = (
    *("王", "兰", "王秀", "秀兰", "王秀兰", "朴", "崔长敏", "王xl"),
    *("wang", "lan", "xiulan", "wangxiul", "wxl", "wx", "piao", "cuichangmin"),
)
RARE = ("单于飞", "shan", "yufei", "syf", "尉迟", "yuchigong")
ROUNDS = 12


async def fill(connection: asyncpg.Connection) -> None:
    """The grams of everybody's name, computed once a name; a few rare names among them."""
    await connection.execute("ALTER TABLE person DISABLE TRIGGER USER")
    await connection.execute(
        "UPDATE person SET name = CASE WHEN n % 2 = 0 THEN '单于飞' ELSE '尉迟恭' END FROM (SELECT id, row_number()"
        " OVER () AS n FROM person TABLESAMPLE SYSTEM (1) LIMIT 40) AS chosen WHERE chosen.id = person.id"
    )
    names = [row["name"] for row in await connection.fetch("SELECT DISTINCT name FROM person")]
    await connection.execute("CREATE TEMPORARY TABLE kept (name text PRIMARY KEY, grams text[])")
    await connection.copy_records_to_table("kept", records=[(name, list(grams(name))) for name in names])
    await connection.execute("ANALYZE kept")
    await connection.execute("UPDATE person SET grams = kept.grams FROM kept WHERE kept.name = person.name")
    await connection.execute(
        "INSERT INTO person_gram SELECT gram, division, id FROM person, unnest(grams) AS gram ORDER BY 1, 2, 3"
    )
    await connection.execute("ALTER TABLE person ENABLE TRIGGER USER")
    await connection.execute("VACUUM ANALYZE person")
    await connection.execute("VACUUM ANALYZE person_gram")


async def run(url: str, tokens: dict[str, str], random: Random) -> list[Result]:
    """Each term by each caller, first pages and following ones; milliseconds as the client sees them."""
    times: list[tuple[float, str]] = []
    async with httpx.AsyncClient(base_url=url) as client:
        for _ in range(ROUNDS):
            for term in random.sample([*TERMS, *RARE], len(TERMS) + len(RARE)):
                scope = random.choice(sorted(tokens))
                body: dict[str, object] = {"name": term}
                for _ in range(2):
                    headers = {"Authorization": f"Bearer {tokens[scope]}", "Idempotency-Key": str(uuid7())}
                    began = time.perf_counter()
                    answer = await client.post("/searches", json=body, headers=headers)
                    times.append(((time.perf_counter() - began) * 1000, f"{term} {scope}"))
                    answer.raise_for_status()
                    if (following := answer.json()["next"]) is None:
                        break
                    body["cursor"] = following
    times = times[len(TERMS + RARE) :]  # the first round opens connections and caches
    times.sort(reverse=True)
    print("search, slowest:", [(round(ms, 1), what) for ms, what in times[:6]])
    return [at_most("search_name", percentile(times), "ms, p99", 60)]


def percentile(times: list[tuple[float, str]]) -> float:
    """The 99th percentile."""
    return statistics.quantiles([ms for ms, _ in times], n=100)[98]
