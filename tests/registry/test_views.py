"""The views of the register: what is so now, shown to each caller within their own division only."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_changes import change
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE, household, member
from tests.support.world import decide, move_clock, register, villages

ENDING, COMING = "220622100202", "220622100203"


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    items = [
        {"code": ENDING, "name": "将撤村", "valid_from": "2000-01-01", "valid_to": "2015-03-01"},
        {"code": COMING, "name": "将设村", "valid_from": "2015-03-01"},
    ]
    async with registry.client("county_office") as client:
        assert (await client.post("/divisions", json={"items": items})).status_code == 200
    await move_clock(registry, "2014-12-05")


async def rows(api: Api, sql: str, *values: Any, division: str = "220622") -> list[Any]:
    """What the service's confined role reads, with the scope of a division."""
    async with api.app.state.runtime.database.pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT app_open($1, NULL)", division)
        return await connection.fetch(sql, *values)


async def views(api: Api) -> dict[str, bool]:
    """Every view of the register, and whether its rows carry a division."""
    found = await api.worker.pool.fetch("""
        SELECT c.relname,
            EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname = 'division') AS placed
        FROM pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'public'::regnamespace
    """)
    return {row["relname"]: row["placed"] for row in found}


async def test_each_view_shows_a_cadre_only_rows_of_their_own_village(registry: Api):
    await register(registry, 2)
    await register(registry, 2, village=OTHER_VILLAGE)
    shown = {}
    for view in [name for name, placed in (await views(registry)).items() if placed]:
        sql = f"SELECT division, count(*) AS n FROM {view} GROUP BY 1"
        county = {row["division"]: row["n"] for row in await rows(registry, sql)}
        village = {row["division"]: row["n"] for row in await rows(registry, sql, division=VILLAGE)}
        assert village == {code: n for code, n in county.items() if code == VILLAGE}, view
        shown[view] = county.keys()
    assert {view for view, codes in shown.items() if codes >= {VILLAGE, OTHER_VILLAGE}} == {
        "membership_believed",
        "membership_now",
        "member_now",
        "household_head",
        "household_state_believed",
        "household_state_now",
    }


async def test_a_view_without_a_scope_shows_nobody(registry: Api):
    await register(registry)
    async with registry.app.state.runtime.database.pool.acquire() as connection:
        for view in [name for name, placed in (await views(registry)).items() if placed]:
            assert await connection.fetchval(f"SELECT count(*) FROM {view}") == 0, view


async def test_who_has_left_and_what_was_corrected_is_not_so_now(registry: Api):
    body = await register(registry, 3)
    head, gone, stays = (one["id"] for one in body["members"])
    answers = await decide(
        registry,
        "/changes",
        change("member_left", body["id"], "2014-12-01", "death", person_id=gone),
        change("member_added", body["id"], "2014-12-02", "birth", member=member("之孙子", labour=None)),
        role="county_office",
    )
    assert [one["status"] for one in answers] == ["accepted", "accepted"]
    living = await rows(
        registry, "SELECT person_id::text, relation FROM member_now WHERE household_id = $1", body["id"]
    )
    assert {head, stays} < {row["person_id"] for row in living}
    assert gone not in {row["person_id"] for row in living}
    assert len(living) == 3
    heads = await rows(registry, "SELECT person_id::text FROM household_head WHERE household_id = $1", body["id"])
    assert [row["person_id"] for row in heads] == [head]
    believed = "SELECT left_on FROM membership_believed WHERE household_id = $1 AND person_id = $2"
    assert [row["left_on"] for row in await rows(registry, believed, body["id"], gone)] == [date(2014, 12, 1)]
    sizes = await rows(registry, "SELECT size FROM household_state_now WHERE household_id = $1", body["id"])
    assert [row["size"] for row in sizes] == [3]


async def test_a_division_exists_from_its_first_day_until_before_its_last(registry: Api):
    sql = "SELECT code FROM division_now WHERE code = ANY($1) ORDER BY code"

    async def existing() -> list[str]:
        return [row["code"] for row in await rows(registry, sql, [ENDING, COMING])]

    assert await existing() == [ENDING]
    await move_clock(registry, "2015-02-28")
    assert await existing() == [ENDING]
    await move_clock(registry, "2015-03-01")
    assert await existing() == [COMING]


async def test_whether_a_village_exists_is_one_answer_at_every_entrance(registry: Api):
    gone, coming, now = "220622100204", "220622100205", "220622100206"
    items = [
        {"code": gone, "name": "已撤村", "valid_from": "2000-01-01", "valid_to": "2015-03-01"},
        {"code": coming, "name": "将设村", "valid_from": "2019-01-01"},
        {"code": now, "name": "将撤村", "valid_from": "2015-03-01", "valid_to": "2019-01-01"},
    ]
    async with registry.client("county_office") as client:
        assert (await client.post("/divisions", json={"items": items})).status_code == 200
    await move_clock(registry, "2015-03-01")
    said = {village: await entrances(registry, village) for village in (gone, coming, now)}
    assert said == {
        gone: ["no-such-village"] * 4,
        coming: ["no-such-village"] * 4,
        now: [None] * 4,
    }


async def entrances(api: Api, village: str) -> list[str | None]:
    """What stands against a registration, a newcomer, a move and a natural village in a village."""
    mover, joined = await register(api), household(village=village, identified_on="2015-02-01")
    async with api.client("county_office") as client:
        registered = await client.post("/households", json=household(village=village))
    changes = [
        change("new_entry", joined["id"], "2015-02-01", "omitted", household=joined),
        change("move", mover["id"], "2015-03-01", "village_changed", division=village),
    ]
    decided = await decide(api, "/changes", *changes, role="county_office")
    place = {"id": str(uuid7()), "division": village, "name": "屯", "valid_from": "2015-03-01", "source": "村委会"}
    placed = await decide(api, "/natural-villages", place, role="county_office")
    refused = registered.json() if registered.status_code == 422 else None
    problems = [refused, *(one["problem"] for one in (*decided, *placed))]
    return [problem and problem["type"].rsplit(":", 1)[1] for problem in problems]


async def test_a_stretch_of_days_begins_with_its_first_and_ends_before_its_last(registry: Api):
    sql = "SELECT held_on($1, $2, $3)"
    first, last = date(2015, 3, 1), date(2016, 3, 1)
    days = [date(2015, 2, 28), first, date(2016, 2, 29), last]
    assert [await registry.worker.pool.fetchval(sql, first, last, day) for day in days] == [False, True, True, False]
    assert await registry.worker.pool.fetchval(sql, first, None, date(9999, 12, 31))


async def test_what_was_recorded_is_believed_from_that_moment_until_it_is_superseded(registry: Api):
    sql = "SELECT believed_at($1, $2, $3)"
    recorded, superseded = (datetime(2015, month, 1, tzinfo=UTC) for month in (3, 4))
    moments = [datetime(2015, 2, 28, tzinfo=UTC), recorded, datetime(2015, 3, 31, tzinfo=UTC), superseded]
    believed = [await registry.worker.pool.fetchval(sql, recorded, superseded, moment) for moment in moments]
    assert believed == [False, True, True, False]
    assert await registry.worker.pool.fetchval(sql, recorded, None, superseded)
