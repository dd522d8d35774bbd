"""Everything that is said of households and persons can be corrected, by who may, and what it breaks is refused."""

from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from shared.names.ids import uuid7
from tests.registry.test_import_release import elsewhere
from tests.support.api import Api
from tests.support.people import VILLAGE, identity_number
from tests.support.world import by_two, move_clock, register, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2016-06-30")


async def correct(
    api: Api, path: str, version: int, *, role: str = "county_office", division: str = "220622", **facts: Any
) -> httpx.Response:
    about = {"effective_on": "2014-11-01", "ground": "入户核对户口簿", "evidence": ["ab" * 32]}
    async with api.client(role, division=division) as client:
        return await client.patch(path, json=about | facts, headers={"If-Match": f'"{version}"'})


def at(home: dict[str, Any], place: int | None = None) -> str:
    end = "" if place is None else f"/members/{home['members'][place]['id']}"
    return f"/households/{home['id']}{end}"


async def read(api: Api, home: dict[str, Any], what: str = "") -> Any:
    async with api.client("county_office") as client:
        return (await client.get(f"/households/{home['id']}{what}")).json()


def slug(answer: httpx.Response) -> str:
    return str(answer.json()["type"].rpartition(":")[2])


def wrong(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(error["field"], error["rule"]) for error in answer.json()["errors"]]


async def test_number_card_phone_and_day_of_identification_are_corrected_and_the_story_says_what_stood(registry: Api):
    home = await register(registry)
    number = f"N{uuid7().hex[:12]}"
    said = {"number": number, "identified_on": "2014-10-12", "phone": "13911112222"}
    said |= {"bank_card": "6217000000000004321"}
    assert (await correct(registry, at(home), 1, **said)).status_code == 200
    there, story = await read(registry, home), await read(registry, home, "/history")
    assert (there["number"], there["identified_on"], there["version"]) == (number, "2014-10-12", 2)
    assert there["phone"].endswith("2222")
    assert there["bank_card"].endswith("4321")
    last = story[-1]
    assert last["before"]["number"] == home["number"]
    assert last["before"]["identified_on"] == "2014-11-01"
    assert "13911112222" not in str(story)
    assert "6217000000000004321" not in str(story)
    async with registry.client("county_office") as client:
        card = (
            await client.post(f"{at(home)}/reveals", json={"field": "bank_card", "reason": "核对银行卡号"})
        ).json()
    assert card["value"] == "6217000000000004321"


async def test_consumers_hear_the_corrected_number(registry: Api):
    home = await register(registry)
    number = f"N{uuid7().hex[:12]}"
    assert (await correct(registry, at(home), 1, number=number)).status_code == 200
    sent = await registry.worker.pool.fetchval(
        "SELECT convert_from(payload, 'UTF8') FROM outbox WHERE key = $1 ORDER BY id DESC LIMIT 1", home["id"]
    )
    assert number in sent


async def test_a_phone_that_is_given_as_unknown_is_no_more(registry: Api):
    home = await register(registry)
    assert (await correct(registry, at(home), 1, phone=None)).status_code == 200
    there = await read(registry, home)
    assert (there["phone"], there["bank_card"] is None) == (None, False)


@pytest.mark.parametrize(
    ("said", "role", "division", "status"),
    [
        ({"bank_card": "6217000000000004321"}, "village_cadre", VILLAGE, 403),
        ({"bank_card": "6217000000000004321"}, "town_cadre", VILLAGE[:9], 200),
        ({"number": "TOWN-1"}, "town_cadre", VILLAGE[:9], 403),
        ({"identified_on": "2014-10-01"}, "town_cadre", VILLAGE[:9], 403),
        ({"phone": "13911113333"}, "village_cadre", VILLAGE, 200),
    ],
)
async def test_what_names_a_household_to_others_is_corrected_by_a_higher_office(
    registry: Api, said: dict[str, Any], role: str, division: str, status: int
):
    home = await register(registry)
    answer = await correct(registry, at(home), 1, role=role, division=division, **said)
    assert answer.status_code == status, answer.text


async def test_a_number_that_another_household_has_or_that_is_a_persons_is_refused(registry: Api):
    home, other = await register(registry), await register(registry)
    taken = await correct(registry, at(home), 1, number=other["number"])
    persons = await correct(registry, at(home), 1, number=identity_number())
    nothing = await correct(registry, at(home), 1, number=None)
    assert (taken.status_code, slug(taken)) == (409, "household-number-taken")
    assert wrong(persons) == [("number", "not an identity number")]
    assert wrong(nothing) == [("number", "required")]


async def test_the_day_of_identification_is_not_to_come_nor_after_the_first_change(registry: Api):
    home = await register(registry, 2)
    left = {"id": str(uuid7()), "kind": "member_left", "household_id": home["id"], "effective_on": "2015-03-04"}
    left |= {"reason": "death", "person_id": home["members"][1]["id"]}
    assert [one["status"] for one in await by_two(registry, left, role="county_office")] == ["accepted"]
    late = await correct(registry, at(home), 2, identified_on="2015-03-05")
    future = await correct(registry, at(home), 2, identified_on="2016-07-01")
    assert wrong(late) == [("identified_on", "not after the first change")]
    assert "2015年3月4日" in late.json()["errors"][0]["message"]
    assert wrong(future) == [("identified_on", "not in the future")]
    assert (await correct(registry, at(home), 2, identified_on="2015-03-04")).status_code == 200


async def test_a_relation_is_corrected_from_a_day_on_and_what_was_said_of_later_days_stands(registry: Api):
    """A stepson written as a son since 2014; in 2015 another became head, and he his brother: that stands."""
    home = await register(registry, 3)
    head, first, second = (one["id"] for one in home["members"])
    change = {"id": str(uuid7()), "kind": "head_changed", "household_id": home["id"], "effective_on": "2015-05-06"}
    change |= {"reason": "head_changed", "successor_id": first}
    change |= {"relations": [{"person_id": second, "relation": "其他"}, {"person_id": head, "relation": "之父"}]}
    assert [one["status"] for one in await by_two(registry, change, role="county_office")] == ["accepted"]
    answer = await correct(registry, at(home, 2), 2, relation="之女婿")
    assert answer.status_code == 200, answer.text
    then = await read(registry, home, "/as-of?as_of=2015-01-01")
    now = await read(registry, home)
    assert {one["id"]: one["relation"] for one in then["members"]}[second] == "之女婿"
    assert {one["id"]: one["relation"] for one in now["members"]}[second] == "其他"


async def test_a_corrected_relation_stays_when_an_earlier_death_becomes_known(registry: Api):
    home = await register(registry, 3)
    _, son, dead = (one["id"] for one in home["members"])
    assert (await correct(registry, at(home, 1), 1, relation="之女婿")).status_code == 200
    moved = {"effective_on": "2016-02-01", "relation": "其他"}
    assert (await correct(registry, at(home, 1), 2, **moved)).status_code == 200
    death = {"id": str(uuid7()), "kind": "member_left", "household_id": home["id"], "effective_on": "2015-03-04"}
    death |= {"reason": "death", "person_id": dead}
    assert [one["status"] for one in await by_two(registry, death, role="county_office")] == ["accepted"]
    for day, relation in (("2015-01-01", "之女婿"), ("2015-06-01", "之女婿"), ("2016-03-01", "其他")):
        then = await read(registry, home, f"/as-of?as_of={day}")
        assert {one["id"]: one["relation"] for one in then["members"]}[son] == relation, day


async def test_nobody_becomes_or_ceases_to_be_the_head_by_a_correction(registry: Api):
    home = await register(registry, 2)
    second = await correct(registry, at(home, 1), 1, relation="户主")
    none = await correct(registry, at(home, 0), 1, relation="之父")
    assert [(one.status_code, slug(one)) for one in (second, none)] == [(409, "head-is-changed")] * 2


@pytest.mark.parametrize(
    ("said", "field", "rule"),
    [
        ({"relation": "之女"}, "relation", "rule 49"),
        ({"relation": "之友"}, "relation", "code list"),
        ({"relation": None}, "relation", "required"),
        ({"sex": "女"}, "sex", "rule 49"),
        ({"born": "1990-01-03"}, "born", "rule 94"),
        ({"born": "2016-07-01"}, "born", "plausible birth date"),
        ({"identity_number": identity_number(date(1990, 1, 2), male=False)}, "relation", "rule 49"),
    ],
)
async def test_relation_sex_and_birth_fit_each_other_and_the_number_which_decides(
    registry: Api, said: dict[str, Any], field: str, rule: str
):
    home = await register(registry, 2)
    assert (field, rule) in wrong(await correct(registry, at(home, 1), 1, **said))
    assert (await read(registry, home))["version"] == 1


async def test_a_number_that_was_another_sex_is_corrected_together_with_the_relation(registry: Api):
    home = await register(registry, 2)
    number = identity_number(date(1991, 4, 5), male=False)
    answer = await correct(registry, at(home, 1), 1, identity_number=number, relation="之女")
    assert answer.status_code == 200, answer.text
    her = (await read(registry, home))["members"][1]
    assert (her["relation"], her["sex"], her["born"]) == ("之女", "女", "1991-04-05")


async def test_who_has_no_valid_number_has_birth_and_sex_corrected(registry: Api):
    """A county's first load took a child whose number was not yet known; the birth date was a guess."""
    home = await register(registry, 2)
    owner = await registry.owner()
    await owner.execute(
        "UPDATE person SET identity_index = NULL, document_kind = 'invalid' WHERE id = $1", home["members"][1]["id"]
    )
    await owner.close()
    answer = await correct(registry, at(home, 1), 1, born="2009-02-03", sex="女", relation="之女")
    assert answer.status_code == 200, answer.text
    her = (await read(registry, home))["members"][1]
    assert (her["relation"], her["sex"], her["born"]) == ("之女", "女", "2009-02-03")


async def test_of_two_corrections_of_the_same_version_one_is_told_to_read_again(registry: Api):
    home = await register(registry, 2)
    assert (await correct(registry, at(home, 1), 1, relation="之女婿")).status_code == 200
    assert (await correct(registry, at(home), 1, number=f"N{uuid7().hex[:9]}")).status_code == 412


async def test_a_day_in_a_closed_year_is_corrected_by_who_says_so_and_the_year_stays(registry: Api):
    home = await register(registry)
    await move_clock(registry, "2016-12-31")
    async with registry.client("county_leader") as client:
        answer = await client.post("/year-closings", json={"division": "220622", "year": 2014})
        before = (await client.get("/years/2014", params={"division": "220622"})).json()
    assert answer.status_code in (200, 201), answer.text
    refused = await correct(registry, at(home), 1, identified_on="2014-09-01")
    assert (refused.status_code, slug(refused)) == (409, "identified-in-closed-year")
    said = await correct(registry, at(home), 1, identified_on="2014-09-01", in_closed_year=True)
    assert said.status_code == 200, said.text
    async with registry.client("county_leader") as client:
        after = (await client.get("/years/2014", params={"division": "220622"})).json()
    assert after["closing"] == before["closing"]


async def bridged(api: Api, village: str, *numbers: int) -> list[tuple[dict[str, int], dict[str, int]]]:
    """Of each year what the register of a village opens and closes with; what lies between adds up."""
    found = []
    for number in numbers:
        async with api.client("auditor", division=village[:6]) as client:
            one = (await client.get(f"/years/{number}", params={"division": village})).json()
        for what in ("households", "persons"):
            assert one["opening"][what] + sum(span[what] for span in one["bridge"]) == one["closing"][what]
        found.append((one["opening"], one["closing"]))
    return found


@pytest.mark.parametrize(("day", "first"), [("2015-02-03", 2015), ("2013-12-30", 2013)])
async def test_a_household_counts_from_the_corrected_day_of_its_identification_on(
    registry: Api, day: str, first: int
):
    county = f"22069{first - 2010}"
    village = await elsewhere(registry, county)
    home = await register(registry, 2, village=village)
    assert (await correct(registry, at(home), 1, identified_on=day, division=county)).status_code == 200
    none, all_ = {"households": 0, "persons": 0}, {"households": 1, "persons": 2}
    years = [2013, 2014, 2015]
    expected = [(all_ if number > first else none, all_ if number >= first else none) for number in years]
    assert await bridged(registry, village, *years) == expected
    before = (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    async with registry.client("county_office", division=county) as client:
        assert (await client.get(f"/households/{home['id']}/as-of", params={"as_of": before})).status_code == 404
        then = (await client.get(f"/households/{home['id']}/as-of", params={"as_of": day})).json()
    assert (then["size"], len(then["members"])) == (2, 2)
    # What is recorded late afterwards, and taken back, counts from there.
    death = {"id": str(uuid7()), "kind": "member_left", "household_id": home["id"], "effective_on": "2015-04-01"}
    death |= {"reason": "death", "person_id": home["members"][1]["id"]}
    later = {"effective_on": "2015-06-01", "land_mu": "5.10", "division": county}
    assert (await correct(registry, at(home), 2, **later)).status_code == 200
    assert [one["status"] for one in await by_two(registry, death, role="county_office", division=county)] == [
        "accepted"
    ]
    [*_, (_, closing)] = await bridged(registry, village, *years)
    assert closing == {"households": 1, "persons": 1}
    again = await correct(registry, at(home), 4, identified_on="2014-12-05", division=county)
    assert again.status_code == 200, again.text
    assert [opens for opens, _ in await bridged(registry, village, *years)] == [none, none, all_]


async def test_a_closed_year_keeps_its_figures_where_a_day_of_identification_is_corrected(registry: Api):
    county = "220692"
    village = await elsewhere(registry, county)
    home = await register(registry, 3, village=village)
    await move_clock(registry, "2017-01-05")
    async with registry.client("county_leader", division=county) as client:
        closed = await client.post("/year-closings", json={"division": county, "year": 2014})
    assert closed.status_code == 201, closed.text
    await move_clock(registry, "2017-01-06")
    said = {"identified_on": "2015-03-01", "division": county}
    assert slug(await correct(registry, at(home), 1, **said)) == "identified-in-closed-year"
    assert (await correct(registry, at(home), 1, **said, in_closed_year=True)).status_code == 200
    async with registry.client("auditor", division=county) as client:
        old, open_one = [
            (await client.get(f"/years/{number}", params={"division": county})).json() for number in (2014, 2015)
        ]
    assert old["closing"] == {"households": 1, "persons": 3}
    assert open_one["opening"] == old["closing"]
    spans = {(span["kind"], span["late"]): (span["households"], span["persons"]) for span in open_one["bridge"]}
    assert spans == {("registration", True): (-1, -3), ("registration", False): (1, 3)}
    assert open_one["closing"] == {"households": 1, "persons": 3}
