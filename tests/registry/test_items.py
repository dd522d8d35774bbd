"""Every item of the national field table: kept with its unit, in the words of its list, with source and evidence."""

from typing import Any

import pytest
import yaml

from tests.house.tree import ROOT
from tests.support.api import Api
from tests.support.people import VILLAGE, household, member
from tests.support.world import move_clock, register, villages

TABLE = yaml.safe_load((ROOT / "services/registry/register/fields/national.yaml").read_text())
LISTS = yaml.safe_load((ROOT / "services/registry/register/codes/national.yaml").read_text())
# The codes of the table in the domain's description (AAC household, AAB person) that are items and no identity.
NATIONAL_HOUSEHOLD = [
    *("AAC012", "AAC013", "AAC014", "AAC071", "AAC072", "AAC073", "AAC074", "AAC076", "AAC077", "AAC078"),
    *("AAC082", "AAC083", "AAC084", "AAC085", "AAC086", "AAC087", "AAC088", "AAC089", "AAC091", "AAC092"),
    *("AAC093", "AAC301", "AAC302", "AAC303", "AAC304", "AAC305", "AAC306", "AAC307", "AAC308", "AAC311"),
    *("AAC312", "AAC313", "AAC314", "AAC315", "AAC316", "AAC317", "AAC318", "AAC319", "AAC320", "AAC322"),
    "AAQ002",
]
NATIONAL_MEMBER = [
    *("AAB007", "AAB008", "AAB009", "AAB010", "AAB012", "AAB013", "AAB014", "AAB017", "AAB019", "AAB022"),
    *("AAB025", "AAB026", "AAB027", "AAB028", "AAB029", "AAB030", "AAB065", "AAB066", "AAB067", "AAK033"),
]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, "2021-06-01")


def example(item: dict[str, Any]) -> Any:
    words = [text for version in LISTS.get(item.get("list"), []) for text in version["items"].values()]
    examples = {"yuan": "120.50", "mu": "3.50", "m2": "65.00", "km": "1.20", "months": 7, "yes": True, "text": "农行"}
    if item["kind"] in ("code", "codes"):
        return words[-1] if item["kind"] == "code" else words[-2:]
    return examples.get(item["kind"], "2020-05-01")


def everything(owner: str) -> dict[str, Any]:
    """A value for each item; the two sums are those of their parts."""
    said = {item["key"]: example(item) for item in TABLE[owner]}
    if owner == "household":
        said |= {"property_income": "241.00", "transfer_income": "723.00"}
    return said


@pytest.mark.parametrize(
    ("owner", "codes"), [("household", NATIONAL_HOUSEHOLD), ("member", NATIONAL_MEMBER)], ids=["household", "member"]
)
def test_the_table_has_every_item_of_the_national_system(owner: str, codes: list[str]):
    assert set(codes) <= {item["code"] for item in TABLE[owner]}


async def test_a_household_with_every_item_is_read_back_without_loss(registry: Api):
    of_household, of_member = everything("household"), everything("member")
    body = await register(registry, members=[member(**of_member)], other_causes=["因残"], **of_household)
    async with registry.client("village_cadre", division=VILLAGE) as client:
        read = (await client.get(f"/households/{body['id']}")).json()
        then = (await client.get(f"/households/{body['id']}/as-of")).json()
    assert {key: read[key] for key in of_household} == of_household
    assert {key: read["members"][0][key] for key in of_member} == of_member
    assert then["facts"] == of_household
    assert then["members"][0]["facts"] == of_member
    assert read["other_causes"] == ["因残"]


async def test_money_is_kept_in_whole_fen(registry: Api):
    body = await register(registry, wage_income="1234.56")
    stored = await registry.worker.pool.fetchval("SELECT facts FROM household WHERE id = $1", body["id"])
    assert '"wage_income_fen": 123456' in stored


@pytest.mark.parametrize(
    ("facts", "field", "rule"),
    [
        ({"fuel": "太阳"}, "fuel", "code list"),
        ({"main_cause": "因懒"}, "main_cause", "code list"),
        ({"other_causes": ["因病"]}, "other_causes", "rule 52"),
        ({"other_causes": ["因残", "因残"]}, "other_causes", "rule 52"),
        ({"land_mu": "2.00", "irrigated_mu": "2.01"}, "irrigated_mu", "rule 107"),
        (
            {"property_income": "10.00", "asset_dividend": "4.00", "other_property_income": "5.00"},
            "property_income",
            "sum of its parts",
        ),
        ({"identified_on": "2030-01-01"}, "identified_on", "not in the future"),
        ({"members": [member(health=["健康", "残疾"])]}, "members[0].health", "healthy excludes illness"),
        ({"members": [member(), member("之女", male=True)]}, "members[1].sex", "rule 49"),
        ({"members": [member() | {"born": "1961-01-01"}]}, "members[0].born", "rule 94"),
        ({"members": [member(work_months=13)]}, "members[0].work_months", "less_than_equal"),
        ({"other_causes": ["因残", "因学", "缺技术"]}, "other_causes", "too_long"),
        ({"wage_income": 12.5}, "wage_income", "value_error"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
async def test_what_the_national_screens_refuse_is_named_with_field_and_rule(
    registry: Api, facts: dict[str, Any], field: str, rule: str
):
    async with registry.client("county_office") as client:
        answer = await client.post("/households", json=household(**facts))
    assert answer.status_code == 422
    errors = answer.json()["errors"]
    assert any(error["field"].replace("body.", "") == field and error["rule"] == rule for error in errors), errors


async def test_a_word_is_accepted_from_the_year_in_which_its_list_brought_it(registry: Api):
    """因婚 came with the screens of 2018; the clock stands in 2021, so a household identified in 2019 may have it."""
    async with registry.client("county_office") as client:
        late = await client.post("/households", json=household(main_cause="因婚", identified_on="2019-03-01"))
    assert late.status_code == 202


async def test_a_county_adds_a_word_of_its_own_and_it_holds_there_from_its_day_only(registry: Api):
    words = {"division": "220622", "list": "fuel", "code": "L1", "text": "沼气", "version": "2021"}
    with_fuel = {"fuel": "沼气"}
    async with registry.client("county_office") as client:
        before = await client.post("/households", json=household(**with_fuel))
        added = await client.post("/local-codes", json={"items": [words | {"valid_from": "2021-05-01"}]})
        after = await client.post("/households", json=household(**with_fuel))
        twice = await client.post("/local-codes", json={"items": [words | {"valid_from": "2021-05-01"}]})
        nonsense = await client.post(
            "/local-codes", json={"items": [words | {"list": "moods", "valid_from": "2021-05-01"}]}
        )
        foreign = await client.post(
            "/local-codes", json={"items": [words | {"division": "220623", "valid_from": "2021-05-01"}]}
        )
    assert (before.status_code, added.status_code, after.status_code) == (422, 201, 202)
    assert (twice.status_code, nonsense.status_code, foreign.status_code) == (409, 422, 403)


async def test_each_fact_knows_who_said_it_when_from_which_source_and_what_shows_it(registry: Api):
    body, paper = await register(registry, 1, wage_income="100.00"), "ab" * 32
    one = f"/households/{body['id']}"
    change = {"effective_on": "2021-05-20", "ground": "入户核对工资流水", "source": "department", "evidence": [paper]}
    async with registry.client("county_office", subject="office-wang") as client:
        done = await client.patch(one, json=change | {"wage_income": "180.00"}, headers={"If-Match": '"1"'})
        facts = {row["item"]: row for row in (await client.get(f"{one}/sources")).json()}
    assert done.status_code == 200
    said = facts["wage_income"]
    assert (said["recorded_by"], said["source"], said["evidence"]) == ("office-wang", "department", [paper])
    assert (said["zh"], said["effective_on"], said["kind"]) == ("工资性收入", "2021-05-20", "correction")
    assert facts["land_mu"]["kind"] == "registration"
    assert facts["labour"]["owner"] == "member"


async def test_the_items_and_the_code_lists_can_be_read_by_every_office(registry: Api):
    async with registry.client("bank") as client:
        fields = (await client.get("/fields")).json()
        codes = (await client.get("/codes")).json()
    assert len(fields) == len(TABLE["household"]) + len(TABLE["member"])
    assert {
        "list": "main_cause",
        "version": "2018",
        "valid_from": "2018-01-01",
        "valid_to": None,
        "code": "12",
        "text": "因婚",
    } in codes
