"""Natural villages and groups: who lives there, and what was stated beside what the register counts."""

from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_changes import change
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.world import by_two, decide, move_clock, register, villages


def natural_village(village: str = VILLAGE, **facts: Any) -> dict[str, Any]:
    return {
        "id": str(uuid7()),
        "division": village,
        "name": "上屯",
        "valid_from": "2000-01-01",
        "source": "invented for a test",
        **facts,
    }


async def send(api: Api, path: str, *items: dict[str, Any], role: str = "town_cadre") -> list[Any]:
    return await decide(api, f"/natural-villages{path}", *items, role=role)


async def totals(api: Api, id: str, year: int) -> dict[str, Any]:
    async with api.client("auditor") as client:
        answer = (await client.get(f"/natural-villages/{id}/totals", params={"year": year})).json()
    return {one["code"]: one for one in answer["totals"]}


def slugs(answers: list[Any]) -> list[str | None]:
    return [one["problem"] and one["problem"]["type"].rsplit(":", 1)[1] for one in answers]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2015-06-11")


async def test_stated_totals_stand_beside_counted_ones_and_differences_are_shown(registry: Api):
    place = natural_village()
    assert slugs(await send(registry, "", place)) == [None]
    homes = [
        await register(registry, 2),
        await register(registry, 3, attribute="低保贫困户"),
        await register(registry),
    ]
    lives = [{"id": home["id"], "natural_village_id": place["id"], "valid_from": "2014-11-01"} for home in homes]
    assert slugs(await send(registry, "/households", *lives)) == [None] * 3
    gone = change("removal", homes[2]["id"], "2015-05-01", "moved_out")
    await by_two(registry, gone, role="county_office")
    given = {"id": place["id"], "year": 2015, "source": "村统计表"}
    given["totals"] = {"AAD007": 3, "AAD011": 5, "AAD008": 4, "AAD010": 120}
    await send(registry, "/totals", given)
    shown = await totals(registry, place["id"], 2015)
    assert (shown["AAD007"]["stated"], shown["AAD007"]["counted"], shown["AAD007"]["difference"]) == (3, 2, 1)
    assert (shown["AAD011"]["counted"], shown["AAD011"]["difference"]) == (5, 0)
    assert (shown["AAD008"]["counted"], shown["AAD008"]["scope"], shown["AAD008"]["difference"]) == (
        1,
        "registered",
        None,
    )
    assert (shown["AAD010"]["stated"], shown["AAD010"]["counted"]) == (120, None)
    assert (await totals(registry, place["id"], 2014))["AAD007"]["counted"] == 3
    assert len(shown) == 13


async def test_a_total_that_is_stated_otherwise_supersedes_and_is_not_lost(registry: Api):
    place = natural_village()
    await send(registry, "", place)
    for value, source in ((10, "初报"), (12, "复核"), (12, "复核")):
        await send(
            registry, "/totals", {"id": place["id"], "year": 2014, "totals": {"AAD044": value}, "source": source}
        )
    assert (await totals(registry, place["id"], 2014))["AAD044"]["stated"] == 12
    kept = await registry.worker.pool.fetch(
        "SELECT value, superseded_at IS NULL AS now FROM natural_village_total WHERE natural_village_id = $1"
        " ORDER BY recorded_at, value",
        place["id"],
    )
    assert [tuple(row) for row in kept] == [(10, False), (12, True)]


async def test_what_cannot_be_is_refused_one_by_one(registry: Api):
    place, elsewhere = natural_village(code=VILLAGE + "001"), natural_village(OTHER_VILLAGE)
    answers = await send(
        registry,
        "",
        place,
        natural_village(code=OTHER_VILLAGE + "001"),
        natural_village(code=VILLAGE + "001"),
        natural_village("220622100399"),
        natural_village("220623100200"),
        elsewhere,
    )
    assert slugs(answers) == [
        None,
        "natural-village-code",
        "natural-village-code-taken",
        "no-such-village",
        "division-forbidden",
        None,
    ]
    assert slugs(await send(registry, "", place | {"name": "下屯"})) == ["natural-village-differs"]
    assert (await send(registry, "", place))[0]["status"] == "unchanged"
    home = await register(registry)
    wrong = {"id": home["id"], "natural_village_id": elsewhere["id"], "valid_from": "2015-01-01"}
    nobody = wrong | {"id": str(uuid7())}
    later = wrong | {"natural_village_id": place["id"], "valid_from": "2015-07-01"}
    for item, slug in ((wrong, "other-village"), (nobody, "no-such-household"), (later, "before-last-place")):
        assert slugs(await send(registry, "/households", item)) == [slug]
    totals_of = {"id": place["id"], "year": 2014, "totals": {"AAD999": 1}, "source": "村统计表"}
    assert slugs(await send(registry, "/totals", totals_of)) == ["no-such-total"]


async def test_a_household_that_moves_within_the_village_is_counted_where_it_lived(registry: Api):
    upper, lower = natural_village(), natural_village(kind="group", name="二组")
    await send(registry, "", upper, lower)
    home = await register(registry, 2)
    for place, day in ((upper, "2014-11-01"), (lower, "2015-03-01")):
        item = {"id": home["id"], "natural_village_id": place["id"], "valid_from": day}
        assert slugs(await send(registry, "/households", item)) == [None]
    counted = [
        (await totals(registry, place["id"], year))["AAD011"]["counted"]
        for place in (upper, lower)
        for year in (2014, 2015)
    ]
    assert counted == [2, 0, 0, 2]


async def test_a_household_that_moves_away_is_counted_there_no_longer(registry: Api):
    place = natural_village()
    await send(registry, "", place)
    home = await register(registry, 2)
    await send(
        registry, "/households", {"id": home["id"], "natural_village_id": place["id"], "valid_from": "2014-11-01"}
    )
    away = change("move", home["id"], "2015-04-01", "village_changed", division=OTHER_VILLAGE)
    assert slugs(await by_two(registry, away, role="county_office")) == [None]
    counted = [(await totals(registry, place["id"], year))["AAD011"]["counted"] for year in (2014, 2015)]
    assert counted == [2, 0]
