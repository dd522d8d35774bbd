"""What people write freely holds nobody's number, however it is written, and nothing that nobody sees."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from shared.http.schemas import LongText, Name, PersonName, Place, Reason, Text, Title
from shared.names.identity import check_character
from tests.support.api import Api
from tests.support.people import VILLAGE, household

FREE = [TypeAdapter(kind) for kind in (Name, PersonName, Title, Place, Text, LongText, Reason)]
WIDE = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
days = st.integers(0, 36_000).map(lambda n: date(1925, 1, 1) + timedelta(n))
bodies = st.tuples(st.integers(110_000, 659_999), days, st.integers(1, 999)).map(
    lambda parts: f"{parts[0]}{parts[1]:%Y%m%d}{parts[2]:03d}"
)
residents = bodies.map(lambda body: body + check_character(body))
mobiles = st.tuples(st.integers(13, 19), st.integers(0, 10**9 - 1)).map(lambda two: f"{two[0]}{two[1]:09d}")
cards = st.integers(10**17, 10**18 - 1).map(lambda n: with_luhn(f"6{str(n)[1:]}"))
WAYS: list[Any] = [
    str,
    lambda number: number.translate(WIDE),
    lambda number: " ".join((number[:3], number[3:7], number[7:])),
    lambda number: "-".join((number[:6], number[6:10], number[10:])),
    str.lower,
]


def with_luhn(body: str) -> str:
    """A card number: the body with the digit that makes the sum fit, by its definition."""
    total = 0
    for at, digit in enumerate(reversed(body)):
        one = int(digit) * (2 if at % 2 == 0 else 1)
        total += one - 9 if one > 9 else one
    return body + str(-total % 10)


@given(residents | mobiles | cards, st.sampled_from(WAYS))
def test_a_number_of_anybody_is_refused_in_every_width_and_grouping(number: str, way: Any):
    for kind in FREE:
        with pytest.raises(ValidationError):
            kind.validate_python(f"经核实{way(number)}属实"[:50])


@pytest.mark.parametrize("hidden", ["\u202e", "\u200b", "\u2066", "\x07", "\ufeff"])
def test_a_character_that_nobody_sees_is_refused(hidden: str):
    with pytest.raises(ValidationError):
        FREE[4].validate_python(f"同意{hidden}办理")


@pytest.mark.parametrize(
    "said",
    [
        "吉财农〔2016〕7号文，1,234,567.89元，2016年6月30日拨付",
        "合同编号20160630000123，面积120.5亩",
        "识别号912206227000001234的合作社",
        "一组：同意；\n二组：同意",
        "0439-1234567为监督电话",
        "编号220622100201",
    ],
)
def test_documents_amounts_days_landlines_and_codes_of_places_may_be_written(said: str):
    assert FREE[4].validate_python(said) == said


async def test_the_field_and_the_cure_are_said_and_nothing_of_the_number(registry: Api):
    number = "22062219600504" + "123"
    number += check_character(number)
    body = household(1, village=VILLAGE)
    body["members"][0]["name"] = number
    change = {
        "id": body["id"],
        "kind": "removal",
        "household_id": body["id"],
        "effective_on": "2016-01-01",
        "reason": "wrongly_included",
        "ground": f"户主{number}已死亡",
    }
    async with registry.client("county_office") as client:
        answers = [
            await client.post("/changes", json={"items": [change]}),
            await client.post("/households", json=body),
        ]
    for answer, field in zip(answers, ("items[0].ground", "members[0].name"), strict=True):
        problem = answer.json()
        assert (answer.status_code, problem["errors"][0]["field"]) == (422, field)
        assert "请改写姓名或户编号" in answer.text
        assert number not in answer.text
