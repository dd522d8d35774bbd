"""Names have one form, and a number is what its owner has, whatever a file or a spreadsheet did to it."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.names.forms import name_form, standard
from shared.names.identity import has_lost_digits, is_resident, normalise
from tests.registry.test_file_words import file, line, load
from tests.support.api import Api
from tests.support.people import household as body
from tests.support.people import identity_number, member
from tests.support.world import move_clock, villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry, "220622", "220622100", "220622100201")
    await move_clock(registry, "2016-05-02")


async def stored(api: Api, number: str) -> list[dict[str, Any]]:
    owner = await api.owner()
    try:
        rows = await owner.fetch(
            "SELECT p.id, p.name, p.document_kind FROM household h JOIN membership m ON m.household_id = h.id"
            " JOIN person p ON p.id = m.person_id WHERE h.number = $1 ORDER BY p.name",
            number,
        )
    finally:
        await owner.close()
    return [dict(row) for row in rows]


async def doubts_about(api: Api, person: object) -> list[str]:
    owner = await api.owner()
    try:
        rows = await owner.fetch("SELECT rule || ' ' || status AS said FROM doubt WHERE person_id = $1", person)
    finally:
        await owner.close()
    return [row["said"] for row in rows]


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("王\ue863", "王䶮"),  # U+E863 became U+4DAE, as GB 18030-2022 has it
        ("李\ue81a", "李㑳"),
        ("张\ue850", "张䦟"),
        ("杨\u200b帆", "杨帆"),
        ("杨\u3000帆", "杨帆"),
        ("\ufeff杨 帆\u200e", "杨帆"),
        ("阿布力米提\u2022买买提", "阿布力米提\u00b7买买提"),
        ("阿布力米提\uff0e买买提", "阿布力米提\u00b7买买提"),
        ("阿布力米提・买买提", "阿布力米提\u00b7买买提"),
        ("Anna  Maria Li", "Anna Maria Li"),
        ("Ａｎｎａ Li", "Anna Li"),
    ],
)
async def test_a_name_is_stored_in_one_form_by_file_and_by_hand_and_found_in_either(registry: Api, said, form):
    one = line(姓名=said)
    assert (await load(registry, file(one)))["errors"] == []
    assert [row["name"] for row in await stored(registry, one["户编号"])] == [form]
    assert name_form(form) == form == name_form(said)
    async with registry.client("county_office") as client:
        for asked in (said, form) if not form.isascii() else ():
            answer = await client.post("/searches", json={"name": asked})
            assert form in {row["name"] for row in answer.json()["items"]}, (asked, answer.text)


@pytest.mark.parametrize(("name", "cure"), [("马\ufffd", "请重新填写姓名"), ("马\uf8ff", "请改用标准字")])
async def test_a_name_with_a_character_that_nobody_can_read_is_refused(registry: Api, name, cure):
    state = await load(registry, file(line(姓名=name)))
    assert [(error["field"], cure in error["zh"]) for error in state["errors"]] == [("姓名", True)]
    async with registry.client("village_cadre") as client:
        home = body() | {"members": [member() | {"name": name}]}
        answer = await client.post("/households", json=home)
    assert answer.status_code == 422
    assert cure in answer.text


@given(st.text(st.characters(exclude_categories=["Cs", "Co", "Cn"], exclude_characters="\ufffd"), max_size=12))
def test_the_form_of_a_name_is_its_own_form(name):
    assert name_form(name_form(name)) == name_form(name)
    assert standard(standard(name)) == standard(name)


@pytest.mark.parametrize("wrapped", ['="{}"', "'{}", " {} ", "\u202d{}\u202c", "\ufeff{}", "“{}”", "‘{}"])
async def test_what_kept_a_number_whole_is_no_part_of_it(registry: Api, wrapped):
    number = identity_number()
    one = line(证件号码=wrapped.format(number))
    assert (await load(registry, file(one)))["errors"] == []
    assert [row["document_kind"] for row in await stored(registry, one["户编号"])] == ["resident"]
    again = await load(registry, file(line(证件号码=number)))
    assert [error["zh"] for error in again["errors"]] == ["此人已登记在册或在文件中重复"]


def ending_in_x() -> str:
    while not (number := identity_number(date(1957, 3, 9))).endswith("X"):
        continue
    return number


@pytest.mark.parametrize("like", ["x", "×", "х", "Х", "Χ", "ｘ"])
async def test_a_cross_or_a_letter_of_another_alphabet_in_the_last_place_is_an_x(registry: Api, like):
    number = ending_in_x()
    one = line(证件号码=number[:17] + like)
    assert (await load(registry, file(one)))["errors"] == []
    assert [row["document_kind"] for row in await stored(registry, one["户编号"])] == ["resident"]


def rounded() -> str:
    """A number of eighteen digits after a spreadsheet has kept fifteen of them."""
    while is_resident(number := identity_number(date(1961, 7, 9))[:15] + "000"):
        continue
    return number


@pytest.mark.parametrize("damaged", ["2.20622E+17", "2.20622e+17", "2.2E+17", None])
async def test_a_number_that_lost_digits_is_refused_with_the_cure_wherever_it_comes_from(registry: Api, damaged):
    number = damaged or rounded()
    state = await load(registry, file(line(证件号码=number, 性别="男", 出生日期="1961-07-09")))
    assert state["created"] == 0
    assert [error["field"] for error in state["errors"]] == ["证件号码"]
    assert state["remarks"] == []
    assert "数位已丢失，请将该列设为文本后重新填写" in state["errors"][0]["zh"]
    home = body() | {"members": [member() | {"identity_number": number, "sex": "男", "born": "1961-07-09"}]}
    async with registry.client("village_cadre") as client:
        answer = await client.post("/households", json=home)
    assert (answer.status_code, answer.json()["errors"][0]["rule"]) == (422, "no digits lost")


@given(st.integers(1, 10**6))
def test_no_valid_number_is_taken_for_one_that_lost_digits(seed):
    number = identity_number(date(1930 + seed % 80, 1 + seed % 12, 1 + seed % 28))
    assert not has_lost_digits(normalise(number))


async def test_a_mistyped_number_is_told_in_the_preview_and_is_a_doubt_as_soon_as_it_is_registered(
    registry: Api,
):
    number = identity_number(date(1955, 1, 2))
    wrong = number[:17] + ("0" if number[17] != "0" else "1")
    one = line(证件号码=wrong, 出生日期="1955-01-02")
    state = await load(registry, file(one))
    assert state["created"] == 1
    assert "第2行证件号码校验不通过，请核对；如照此登记，将同时列为疑点" in [said["zh"] for said in state["remarks"]]
    (person,) = await stored(registry, one["户编号"])
    assert person["document_kind"] == "invalid"
    assert await doubts_about(registry, person["id"]) == ["identity.invalid_number raised"]
    assert (await load(registry, file(one)))["unchanged"] == 1
    assert await doubts_about(registry, person["id"]) == ["identity.invalid_number raised"]
