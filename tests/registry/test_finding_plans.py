"""Finding reads what it shows and little more, also where few of many meet what is asked."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from shared.names.grams import grams
from tests.access.test_plans import listening
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.world import register, villages

MANY = 20_000
_HOMES = """
    INSERT INTO household (id, division, number, version, status, size, identified_on, attribute, main_cause, facts,
        source, digest, recorded_by)
    SELECT md5('h' || n)::uuid, '2206221' || lpad((n % 10)::text, 2, '0') || '201', 'M' || n, 1,
        CASE WHEN n % 5000 = 7 THEN 'removed' ELSE 'registered' END, CASE WHEN n % 5000 = 7 THEN 9 ELSE n % 4 + 1 END,
        make_date(CASE WHEN n % 5000 = 7 THEN 2011 ELSE 2014 END, 3, 1), CASE WHEN n % 5000 = 7 THEN '五保贫困户'
        ELSE '一般贫困户' END, CASE WHEN n % 5000 = 7 THEN '因灾' ELSE '因病' END,
        jsonb_build_object('unsafe_house', n % 5000 = 7), 'made', ''::bytea, 'made'
    FROM generate_series(1, $1::integer) AS n
"""
_PEOPLE = """
    INSERT INTO person (id, division, name, sex, born, document_kind, grams, recorded_by)
    SELECT md5('p' || n)::uuid, '2206221' || lpad((n % 10)::text, 2, '0') || '201', name, '男', '1960-01-01',
        'missing', grams, 'made'
    FROM generate_series(1, $1::integer) AS n
    JOIN jsonb_to_recordset($2::jsonb) AS known(rest integer, name text, grams text[])
        ON rest = CASE WHEN n % 5000 = 7 THEN -1 ELSE n % 10 END
"""
_LIVE = """
    INSERT INTO membership (household_id, person_id, division, version, relation, joined_on)
    SELECT md5('h' || n)::uuid, md5('p' || n)::uuid, '2206221' || lpad((n % 10)::text, 2, '0') || '201', 1, '户主',
        '2014-03-01'
    FROM generate_series(1, $1::integer) AS n
"""


@pytest.fixture(scope="module", autouse=True)
async def many(registry: Api) -> None:
    await villages(registry)
    names = [{"rest": n, "name": f"王{one}明"} for n, one in enumerate("小大建国志文玉秀德福")]
    names.append({"rest": -1, "name": "单于飞"})
    known = json.dumps([one | {"grams": grams(one["name"])} for one in names])
    async with registry.worker.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT app_open('', NULL)")
        await connection.execute(_HOMES, MANY)
        await connection.execute(_PEOPLE, MANY, known)
        await connection.execute(_LIVE, MANY)
    owner = await registry.owner()
    await owner.execute("ANALYZE household, person, membership, person_gram")
    await owner.close()


def parts(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from parts(part)


async def plans(api: Api, heard: list[tuple[str, Any]], division: str) -> list[dict[str, Any]]:
    """The parts of the plans of the statements that read households or persons, run as the confined role."""
    found = []
    async with api.app.state.runtime.database.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT app_open($1, NULL)", division)
        for statement, parameters in heard:
            if " household h" in statement or "person_gram" in statement:
                explain = "EXPLAIN (ANALYZE, FORMAT JSON) " + statement
                plan = json.loads(await connection.fetchval(explain, *parameters))
                found += parts(plan[0]["Plan"])
    return found


def thrown_away(found: list[dict[str, Any]]) -> int:
    """Rows that were read and not wanted."""
    return sum(part.get("Rows Removed by Filter", 0) * part.get("Actual Loops", 1) for part in found)


RARE = [
    {"cause": "因灾"},
    {"status": "removed"},
    {"attribute": "五保贫困户"},
    {"year": 2011},
    {"unsafe_house": True},
    {"size_min": 8},
    {"cause": "因灾", "status": "removed", "size_max": 12},
]


@pytest.mark.parametrize("division", ["220622", "22"], ids=str)
@pytest.mark.parametrize("filters", RARE, ids=str)
async def test_a_filter_that_few_households_meet_reads_few_of_them(registry: Api, filters: dict, division: str):
    with listening(registry) as heard:
        async with registry.client("county_office", division=division) as client:
            answer = await client.get("/households", params={name: str(value) for name, value in filters.items()})
    assert len(answer.json()["items"]) == MANY // 5000
    found = await plans(registry, heard, division)
    assert found
    assert thrown_away(found) < 200, found


@pytest.mark.parametrize("typed", ["单于", "danyu", "dyf", "shan", "飞", "yufei", "王小", "wangxiao", "wang", "wxm"])
async def test_a_name_is_reached_by_its_grams_whatever_is_typed(registry: Api, typed: str):
    with listening(registry) as heard:
        async with registry.client("town_cadre", "county_office") as client:
            answer = await client.post("/searches", json={"name": typed})
    assert answer.json()["items"]
    found = await plans(registry, heard, "220622")
    reads = [part for part in found if part.get("Relation Name") == "person_gram"]
    assert reads
    assert all("gram" in part["Index Cond"] and "division" in part["Index Cond"] for part in reads)
    assert not [part for part in found if part["Node Type"] == "Seq Scan"]
    assert thrown_away(found) < 200, found


async def test_a_cadre_of_a_village_does_not_read_through_the_names_of_the_county(registry: Api):
    await register(registry, village=VILLAGE)
    with listening(registry) as heard:
        async with registry.client("village_cadre", division=VILLAGE) as client:
            answer = await client.post("/searches", json={"name": "明"})
    assert answer.json()["items"]
    found = await plans(registry, heard, VILLAGE)
    assert max(part["Actual Rows"] for part in found if part.get("Relation Name") == "person_gram") < 60
