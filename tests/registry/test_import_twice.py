"""Who stands twice in a file is found wherever the two lines are, and nobody else is."""

from random import Random
from uuid import uuid4

import pytest

from services.registry.exchange.imports.twice import Columns, Twice
from services.registry.exchange.layouts.records import Given
from services.registry.exchange.layouts.rules import plan_of
from services.registry.register.households.register import number_index
from shared.security.crypto import KeyRing
from tests.registry.test_imports import HEADER, file, home, load
from tests.support.api import Api
from tests.support.people import identity_number
from tests.support.world import villages


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)


def test_of_many_thousand_values_all_that_stand_twice_are_found_and_hardly_any_other():
    keys = KeyRing.generate()
    plan = plan_of(HEADER, Given())
    columns = Columns(plan)
    assert (columns.identity, columns.number) == (HEADER.index("证件号码"), HEADER.index("人编号"))
    numbers = [identity_number() for _ in range(20_000)]
    again = Random(7).sample(numbers, 40)
    lines = [["", "", f"R{n}", "", number] for n, number in enumerate(numbers)]
    lines += [["", "", "", "", written(number, n)] for n, number in enumerate(again)]
    lines += [["", "", "R17", "", ""], ["", "", " R18", "", ""]]
    twice = Twice(keys, sum(len(",".join(line)) + 60 for line in lines))
    for line in lines:
        twice.look(line, columns, first=True)
    needed = {f"identity:{number_index(number, keys)}" for number in again} | {"people:R17", "people:R18"}
    assert needed <= twice.found
    assert len(twice.found - needed) < 400  # of 40,000


def written(number: str, turn: int) -> str:
    """A number as people write it: small x, full-width, spaces, a card's digits behind it."""
    wide = "".join(chr(ord(one) + 0xFEE0) for one in number)
    return (number, number.lower(), wide, f"{number[:6]} {number[6:]}", f"{number}43")[turn % 5]


async def test_a_person_twice_is_found_across_many_households_in_whatever_spelling(registry: Api):
    first, last = home(2), home(1)
    last[0]["证件号码"] = written(first[1]["证件号码"], 2)
    between = [home(1) for _ in range(900)]
    state = await load(registry, file(first, *between, last), "accept_good")
    assert (state["created"], state["rejected"]) == (901, 1)
    assert [(error["line"], error["field"]) for error in state["errors"]] == [(904, "证件号码")]


async def test_of_two_lines_with_one_number_the_second_comes_in_where_the_first_is_wrong(registry: Api):
    first, last = home(1, 与户主关系="邻居"), home(1)
    last[0]["证件号码"] = first[0]["证件号码"]
    state = await load(registry, file(first, *[home(1) for _ in range(450)], last), "accept_good")
    assert (state["created"], state["rejected"]) == (451, 1)
    assert [error["field"] for error in state["errors"]][:1] == ["与户主关系"]


@pytest.mark.parametrize("spelling", ["as it was", "upper case", "without hyphens"])
async def test_an_id_twice_is_found_in_whatever_spelling(registry: Api, spelling: str):
    person = str(uuid4())
    again = {"upper case": person.upper(), "without hyphens": person.replace("-", "")}.get(spelling, person)
    first = [home(1)[0] | {"人标识": person}]
    last = [home(1)[0] | {"人标识": again}]
    content = file(first, *[home(1) for _ in range(450)], last, header=[*HEADER, "人标识"])
    state = await load(registry, content, "accept_good")
    assert (state["created"], state["rejected"]) == (451, 1)
    assert state["errors"][0]["line"] == 453


async def test_a_file_of_which_everything_stands_twice_is_taken_once(registry: Api):
    homes = [home(2) for _ in range(420)]
    copies = [[line | {"户编号": f"Z{line['户编号']}"[:32]} for line in lines] for lines in homes]
    state = await load(registry, file(*homes, *copies), "accept_good")
    assert (state["created"], state["rejected"], state["persons"]) == (420, 420, 840)
