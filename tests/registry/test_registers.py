"""Registers: every household and person of a village or town as of a day, on paper and in Excel, nothing more."""

from io import BytesIO
from typing import Any

import httpx
import openpyxl
import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.pdf import pages
from tests.support.people import OTHER_VILLAGE, VILLAGE, member
from tests.support.world import by_two, move_clock, register, villages

TOWN = VILLAGE[:9]


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, VILLAGE, OTHER_VILLAGE, "220622100221", "220622100222", TOWN, "220622")


async def fetch(
    api: Api, division: str, form: str, role: str = "town_cadre", scope: str = TOWN, **query: Any
) -> httpx.Response:
    async with api.client(role, division=scope) as client:
        return await client.get(f"/registers/{form}", params={"division": division, **query})


async def cells(api: Api, division: str, **query: Any) -> list[list[Any]]:
    answer = await fetch(api, division, "xlsx", **query)
    assert answer.status_code == 200, answer.text
    book = openpyxl.load_workbook(BytesIO(answer.content))
    return [[cell.value for cell in row] for row in book.active.iter_rows()]


async def test_a_village_register_has_a_line_for_every_person_with_masked_numbers(registry: Api):
    homes = [await register(registry, size, village="220622100221") for size in (1, 3)]
    rows = await cells(registry, "220622100221")
    printed = "".join(pages((await fetch(registry, "220622100221", "pdf")).content))
    assert rows[0][0].endswith("村221建档立卡贫困户登记册（村有册）")
    lines = [row for row in rows[3:] if row[2]]
    assert len(lines) == 4
    assert rows[-1][0] == "合计：在册 2 户 4 人，已脱贫 0 户 0 人"
    for home in homes:
        assert home["number"] in printed
        assert home["number"] in [row[1] for row in lines]
        for person in home["members"]:
            assert person["identity_number"] not in printed + str(rows)
        for secret in (home["phone"], home["bank_card"]):
            assert secret not in printed + str(rows)


async def test_the_workbook_keeps_its_head_in_view_and_shows_amounts_to_the_cent(registry: Api):
    await register(registry, village="220622100221", income="2100.50")
    book = openpyxl.load_workbook(BytesIO((await fetch(registry, "220622100221", "xlsx")).content))
    sheet = book["登记册"]
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("A4", "$3:$3", "landscape")
    amounts = [cell for row in sheet.iter_rows() for cell in row if cell.value == 2100.5]
    assert [cell.number_format for cell in amounts] == ["0.00"]


async def test_a_township_ledger_has_a_line_a_household_and_sums_by_village(registry: Api):
    await register(registry, 2, village="220622100222")
    rows = await cells(registry, TOWN)
    lines = [row for row in rows[3:] if row[2]]
    counted = {row[1]: 0 for row in lines}
    for row in lines:
        counted[row[1]] += 1
    assert counted["村222"] == 1
    assert "村222：在册 1 户 2 人，已脱贫 0 户 0 人" in [row[0] for row in rows]
    assert OTHER_VILLAGE[-3:] not in str({row[1] for row in lines}) or "村201" in counted


@pytest.mark.parametrize("name", ["=cmd()", "+1+1", "-2", "@SUM(A1)", "#eval", "*bold*"])
async def test_a_name_is_text_in_excel_and_on_paper_whatever_it_looks_like(registry: Api, name: str):
    home = await register(registry, members=[member(name=name)])
    answer = await fetch(registry, VILLAGE, "xlsx")
    book = openpyxl.load_workbook(BytesIO(answer.content))
    (cell,) = [row[2] for row in book.active.iter_rows() if row[1].value == home["number"]]
    assert (cell.value, cell.data_type) == (name, "s")
    assert name in "".join(pages((await fetch(registry, VILLAGE, "pdf")).content))


@pytest.mark.parametrize("name", ["阿卜杜热合曼·买买提明吐尔逊江·艾合买提", "W" * 50, "𠮷" * 20])
async def test_a_long_name_is_printed_whole(registry: Api, name: str):
    await register(registry, members=[member(name=name)])
    assert name in "".join(pages((await fetch(registry, VILLAGE, "pdf")).content))


@pytest.mark.parametrize("form", ["pdf", "xlsx"])
async def test_the_register_of_a_past_moment_is_the_same_to_the_last_byte_whatever_came_later(
    registry: Api, form: str
):
    home = await register(registry, 2)
    async with registry.client("ops") as client:
        point = {"as_of": "2014-12-01", "known_at": (await client.get("/clock")).json()["now"]}
    before = await fetch(registry, VILLAGE, form, **point)
    day = {"pdf": "2015-02-01", "xlsx": "2015-03-01"}[form]
    await move_clock(registry, day)
    change = {
        "id": str(uuid7()),
        "kind": "member_left",
        "household_id": home["id"],
        "person_id": home["members"][1]["id"],
        "effective_on": "2014-11-15",
        "reason": "death",
        "ground": "死亡证明",
    }
    (answer,) = await by_two(registry, change, role="county_office")
    assert answer["status"] == "accepted", answer
    after = await fetch(registry, VILLAGE, form, **point)
    now = await fetch(registry, VILLAGE, form)
    assert before.status_code == 200
    assert before.content == after.content != now.content


async def test_a_register_of_another_county_town_or_village_is_refused(registry: Api):
    asked = [
        await fetch(registry, VILLAGE, "pdf", role="county_office", scope="220623"),
        await fetch(registry, VILLAGE, "xlsx", scope=OTHER_VILLAGE[:9]),
        await fetch(registry, TOWN, "pdf", role="village_cadre", scope=VILLAGE),
        await fetch(registry, OTHER_VILLAGE, "pdf", role="village_cadre", scope=VILLAGE),
    ]
    assert [answer.status_code for answer in asked] == [403, 403, 403, 403]


async def test_a_county_is_told_to_build_an_archive(registry: Api):
    answer = await fetch(registry, "220622", "pdf", role="county_office", scope="220622")
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:tuopin:problem:no-register-at-this-level")


async def test_a_village_without_households_has_an_empty_register(registry: Api):
    await villages(registry, "220622100229")
    rows = await cells(registry, "220622100229")
    assert rows[-1][0] == "合计：在册 0 户 0 人，已脱贫 0 户 0 人"
    assert (await fetch(registry, "220622100229", "pdf")).status_code == 200
