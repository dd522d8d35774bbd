"""A closed year is frozen: its figures are sealed, what is learned later stands beside them."""

import asyncio
import hashlib
import json
import os
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.registry.register.years import rules
from services.registry.register.years.queries import Sum
from shared.process.app import side_by_side
from tests.registry.test_changes import change, figure, year
from tests.support.api import Api
from tests.support.people import OTHER_VILLAGE, VILLAGE
from tests.support.serving import served
from tests.support.world import by_two, leave_poverty, move_clock, register, villages

COUNTY = "220622"
SCRIPT = Path(__file__).parents[2] / "docs" / "guides" / "year-seal.sh"
PHASES = st.sampled_from(["opening", "year", "late", "after"])
CODES = st.sampled_from([VILLAGE, OTHER_VILLAGE, VILLAGE[:9] + "205"])
SUMS = st.builds(
    lambda division, phase, reason, changes, households, persons: Sum(
        division, phase, "" if phase == "opening" else "k", reason, phase == "late", changes, households, persons
    ),
    CODES,
    PHASES,
    st.sampled_from(["birth", "death", "omitted"]),
    st.integers(1, 9),
    st.integers(-9, 9),
    st.integers(-30, 30),
)


async def close(api: Api, number: int) -> dict[str, Any]:
    async with api.client("county_leader") as client:
        answer = await client.post("/year-closings", json={"division": COUNTY, "year": number})
    assert answer.status_code == 201, answer.text
    return answer.json()


async def verification(api: Api, number: int) -> dict[str, Any]:
    async with api.client("auditor") as client:
        answer = await client.get(f"/years/{number}/verification", params={"division": COUNTY})
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> dict[str, Any]:
    """Four households of 2014; 2014 closed, one cleared out in 2015, 2015 closed."""
    await villages(registry)
    await move_clock(registry, "2014-12-05")
    homes = [await register(registry, size) for size in (1, 2, 3)]
    homes.append(await register(registry, 4, village=OTHER_VILLAGE))
    await move_clock(registry, "2015-01-05")
    closed_2014 = await close(registry, 2014)
    await move_clock(registry, "2015-07-01")
    gone = change("removal", homes[1]["id"], "2015-06-20", "wrongly_included")
    assert (await by_two(registry, gone, role="county_office"))[0]["status"] == "accepted"
    await move_clock(registry, "2016-01-08")
    return {"homes": homes, 2014: closed_2014, 2015: await close(registry, 2015)}


async def test_a_closed_year_is_frozen_for_the_county_and_each_town_and_village(
    registry: Api, county: dict[str, Any]
):
    whole = await year(registry, 2015, by="village")
    assert whole["frozen"] == county[2015]
    assert (whole["opening"], whole["closing"]) == ({"households": 4, "persons": 10}, {"households": 3, "persons": 8})
    parts = {part["division"]: part["closing"]["persons"] for part in whole["parts"]}
    assert parts == {VILLAGE: 4, OTHER_VILLAGE: 4}
    town = await year(registry, 2015, division=VILLAGE[:9])
    assert [(span["reason"], span["households"], span["persons"]) for span in town["bridge"]] == [
        ("wrongly_included", -1, -2)
    ]
    assert town["frozen"]["sha256"] == county[2015]["sha256"]


async def test_a_town_counts_with_the_close_of_its_county(registry: Api, county: dict[str, Any]):
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        own = (await client.get("/years/2015")).json()
        whole = await client.get("/years/2015", params={"division": COUNTY})
    assert own["frozen"]["closed_at"] == county[2015]["closed_at"]
    assert own["closing"] == {"households": 2, "persons": 4}
    assert whole.status_code == 403


async def test_the_hash_of_a_year_can_be_computed_by_anybody_from_the_frozen_rows(
    registry: Api, county: dict[str, Any]
):
    owner = await registry.owner()
    try:
        rows = await owner.fetch(
            "SELECT division, line, kind, reason, late, changes, households, persons FROM year_statistic"
            " WHERE year = 2015"
            " ORDER BY division, array_position('{opening,bridge,closing}', line), kind, reason, late"
        )
    finally:
        await owner.close()
    seal = county[2015]
    moment = datetime.fromisoformat(seal["closed_at"]).astimezone(UTC)
    document = {
        "closed_at": moment.strftime("%Y-%m-%dT%H:%M:%S.%f+00:00"),
        "county": COUNTY,
        "previous": county[2014]["sha256"],
        "rows": [list(row) for row in rows],
        "year": 2015,
    }
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == seal["sha256"]
    assert (seal["previous"], seal["rows"]) == (county[2014]["sha256"], len(rows))


async def recomputed(api: Api, number: int) -> list[list[str]]:
    """What the script prints of a year: the last two words of the hashes, then its rows. It has to end with 0."""
    async with served(side_by_side({api.service.base: api.app})) as (address, _):
        process = await asyncio.create_subprocess_exec(
            *("sh", str(SCRIPT), f"{address}{api.service.base}", COUNTY, str(number)),
            env={"PATH": os.environ["PATH"], "TOKEN": api.token("auditor"), "no_proxy": "*"},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        out, err = await process.communicate()
    assert process.returncode == 0, (out.decode(), err.decode())
    lines = out.decode().splitlines()
    return [line.split()[-2:] for line in lines[:3]] + [line.split("\t") for line in lines[3:]]


async def test_the_lists_of_a_year_give_every_row_page_by_page_and_only_the_county_and_above_reads_them(
    registry: Api, county: dict[str, Any]
):
    listed: dict[str, list[dict[str, Any]]] = {"lines": [], "changes": []}
    async with registry.client("evaluator") as client:
        for name in listed:
            cursor: str | None = None
            while True:
                params = {"division": COUNTY, "limit": 3} | ({"cursor": cursor} if cursor else {})
                page = (await client.get(f"/years/2015/{name}", params=params)).json()
                listed[name] += page["items"]
                cursor = page.get("next")
                if cursor is None:
                    break
        assert (await client.get("/years/2016/lines", params={"division": COUNTY})).status_code == 404
        assert (await client.get("/years/2015/lines", params={"division": "220623"})).status_code == 403
    assert len(listed["lines"]) == county[2015]["rows"]
    phases = [one["phase"] for one in listed["changes"]]
    assert (phases.count("opening"), phases.count("year")) == (4, 1)
    (gone,) = [one for one in listed["changes"] if one["phase"] == "year"]
    assert (gone["household_id"], gone["reason"]) == (
        county["homes"][1]["id"],
        "wrongly_included",
    )
    async with registry.client("town_cadre", division=VILLAGE[:9]) as client:
        assert (await client.get("/years/2015/changes", params={"division": COUNTY})).status_code == 403


async def test_what_is_learned_after_the_close_stands_beside_the_frozen_figures_and_never_inside(
    registry: Api, county: dict[str, Any]
):
    before = await year(registry, 2015)
    await move_clock(registry, "2016-02-01")
    await leave_poverty(registry, county["homes"][2]["id"], "2015-12-20")
    after = await year(registry, 2015)
    beside = after.pop("corrections"), after.pop("closing_now")
    assert (before.pop("corrections"), before.pop("closing_now")) == ([], before["closing"])
    assert after == before
    span = {"kind": "exit", "reason": "exited", "late": False, "changes": 1, "households": -1, "persons": -3}
    span |= {"zh": "脱贫退出", "en": "left poverty"}
    assert beside == ([span], {"households": 2, "persons": 5})
    assert await figure(registry, "reason-persons", year=2015, reason="exited") == 0
    assert await figure(registry, "reason-persons", year=2016, reason="exited") == -3
    assert await figure(registry, "opening-persons", year=2016) == 8


@pytest.mark.skipif(any(shutil.which(one) is None for one in ("sh", "curl", "jq")), reason="the guide's tools")
@pytest.mark.parametrize("number", [2014, 2015])
async def test_the_script_of_the_guide_computes_a_closed_year_from_the_changes_alone(
    registry: Api, county: dict[str, Any], number: int
):
    """Also where something of the year was learned after its close."""
    printed = await recomputed(registry, number)
    assert printed[:3] == [[name, county[number]["sha256"]] for name in ("sealed", "frozen", "computed")]
    opening, closing = {2014: ((0, 0), (4, 10)), 2015: ((4, 10), (3, 8))}[number]
    figures = {line: (int(households), int(persons)) for line, *_, households, persons in printed[4:]}
    assert (figures["opening"], figures["closing"]) == (opening, closing)


async def test_a_frozen_year_is_verified_from_the_changes_as_known_at_its_close(
    registry: Api, county: dict[str, Any]
):
    for number in (2014, 2015):
        told = await verification(registry, number)
        assert (told["rows_hold"], told["changes_hold"], told["chain_holds"], told["differences"]) == (
            True,
            True,
            True,
            [],
        )
        assert told["sealed"] == told["frozen"] == told["recomputed"] == county[number]["sha256"]
    async with registry.client("auditor") as client:
        assert (await client.get("/years/2016/verification", params={"division": COUNTY})).status_code == 404
        assert (await client.get("/years/2015/verification", params={"division": "220623"})).status_code == 403


async def test_frozen_rows_cannot_be_altered_and_whoever_forces_it_is_found_out(
    registry: Api, county: dict[str, Any]
):
    forge = "UPDATE year_statistic SET persons = persons + 1 WHERE year = 2015 AND division = $1 AND line = 'closing'"
    owner = await registry.owner()
    try:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await owner.execute(forge, VILLAGE)
        await owner.execute("ALTER TABLE year_statistic DISABLE TRIGGER append_only")
        await owner.execute(forge, VILLAGE)
        told = await verification(registry, 2015)
        await owner.execute(forge.replace("+ 1", "- 1"), VILLAGE)
        await owner.execute("ALTER TABLE year_statistic ENABLE TRIGGER append_only")
    finally:
        await owner.close()
    assert (told["rows_hold"], told["changes_hold"]) == (False, True)
    (difference,) = told["differences"]
    assert difference["frozen"]["persons"] - difference["recomputed"]["persons"] == 1
    assert difference["frozen"]["division"] == VILLAGE
    assert (await verification(registry, 2015))["rows_hold"]


async def test_years_are_closed_in_order_and_none_twice(registry: Api):
    await move_clock(registry, "2018-03-01")
    async with registry.client("county_leader") as client:
        answers = [
            await client.post("/year-closings", json={"division": COUNTY, "year": number})
            for number in (2017, 2015, 2018)
        ]
    assert [(answer.status_code, answer.json()["type"].rsplit(":", 1)[1]) for answer in answers] == [
        (409, "years-in-order"),
        (409, "year-closed"),
        (422, "year-not-over"),
    ]


async def test_a_change_that_began_before_a_close_is_not_slipped_into_the_closed_year(registry: Api):
    body = await register(registry, identified_on="2016-01-05")
    owner = await registry.owner()
    try:
        async with owner.transaction():
            await owner.execute("SELECT app_open('220622', '2015-12-31T12:00:00+08:00')")
            with pytest.raises(asyncpg.SerializationError):
                await owner.execute(
                    "INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on,"
                    " households, persons, recorded_by)"
                    " VALUES (gen_random_uuid(), $1, $2, 2, 'removal', 'x', 'direct', $3, -1, -1, 'x')",
                    body["id"],
                    VILLAGE,
                    date(2015, 12, 30),
                )
    finally:
        await owner.close()


@given(st.lists(SUMS, max_size=30))
def test_opening_and_bridge_give_the_closing_of_every_division(sums: list[Sum]):
    lines = rules.lines(sums, rules.WIDTHS)
    for division in {line.division for line in lines}:
        inside = [one for one in sums if one.division.startswith(division) and one.phase != "after"]
        total = rules.count(lines, division, "closing")
        assert total.households == sum(one.households for one in inside)
        assert total.persons == sum(one.persons for one in inside)
        opening = rules.count(lines, division, "opening")
        assert total.persons == opening.persons + sum(span.persons for span in rules.spans(lines, division))


@given(st.lists(SUMS, min_size=1, max_size=10), st.randoms())
def test_the_seal_depends_on_every_row_and_not_on_their_order(sums: list[Sum], random: Any):
    lines, moment = rules.lines(sums, rules.WIDTHS), datetime(2016, 1, 8, tzinfo=UTC)
    seal = rules.sealed(COUNTY, 2015, moment, None, lines)
    shuffled = list(lines)
    random.shuffle(shuffled)
    assert rules.sealed(COUNTY, 2015, moment, None, shuffled) == seal
    if lines:
        forged = [lines[0].model_copy(update={"persons": lines[0].persons + 1}), *lines[1:]]
        assert rules.sealed(COUNTY, 2015, moment, None, forged) != seal
        assert rules.sealed(COUNTY, 2015, moment, "00", lines) != seal
