"""What is planted wrong in the first register is wrong by the county tools' rules, and nothing else is."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal
from functools import cache

import pytest

from tests.support.county import SEEDS, county

ABLE = ("普通劳动力", "技能劳动力")
Line = dict[str, str]


@cache
def households(seed: int) -> dict[str, list[Line]]:
    found = defaultdict(list)
    for line in csv.DictReader(io.StringIO(county(seed).register)):
        found[line["户标识"]].append(line)
    return found


def age(line: Line) -> int:
    """In full years at the end of June 2017, when the county checks its data."""
    year, month, _ = map(int, line["出生日期"].split("-"))
    return 2017 - year - (month > 6)


def ill(people: list[Line]) -> bool:
    return any(one["健康状况"] in ("长期慢性病", "患有大病") for one in people)


# Rules 71, 73, 72, 83, 84, 45, 46 and 106 of the county tool of 2015 to 2017, of households.
OF_HOUSEHOLDS: dict[str, Callable[[list[Line]], bool]] = {
    "C3-71": lambda people: people[0]["主要致贫原因"] == "因病" and not ill(people),
    "C3-73": lambda people: (
        people[0]["主要致贫原因"] == "因残" and not any(one["健康状况"] == "残疾" for one in people)
    ),
    "C3-72": lambda people: (
        people[0]["主要致贫原因"] == "因学" and not any(one["在校生状况"][0] in "高中大" for one in people)
    ),
    "C3-83": lambda people: (
        people[0]["主要致贫原因"] == "缺劳动力" and sum(one["劳动技能"] in ABLE for one in people) >= 3
    ),
    "C3-84": lambda people: (
        Decimal(people[0]["人均纯收入"]) >= 2952 and people[0]["主要致贫原因"] not in ("因病", "因残", "因学")
    ),
    "C3-45": lambda people: Decimal(people[0]["人均纯收入"]) <= 500,
    "C3-46": lambda people: Decimal(people[0]["耕地面积"]) >= 10 or Decimal(people[0]["林地面积"]) >= 50,
    "C3-106": lambda people: people[0]["是否危房户"] == "是" and not people[0]["危房级别"],
    "C3-86": lambda people: Decimal(people[0]["生产经营性收入"]) > 0 and not Decimal(people[0]["生产经营性支出"]),
    "C3-107": lambda people: Decimal(people[0]["有效灌溉面积"]) > Decimal(people[0]["耕地面积"]),
}
# Rules 59, 92, 87, 61, 66, 43 and 85, of persons.
OF_PERSONS: dict[str, Callable[[Line], bool]] = {
    "C3-59": lambda one: one["劳动技能"] == "无劳动力" and 17 <= age(one) <= 65 and one["在校生状况"] == "非在校生",
    "C3-92": lambda one: one["健康状况"] == "健康" and one["劳动技能"] == "丧失劳动力",
    "C3-87": lambda one: age(one) < 16 and one["劳动技能"] in ABLE,
    "C3-61": lambda one: 7 <= age(one) <= 14 and one["健康状况"] == "健康" and one["在校生状况"] == "非在校生",
    "C3-66": lambda one: one["健康状况"] == "残疾" and len(one["证件号码"]) < 20,
    "C3-43": lambda one: len(one["证件号码"]) == 15,
    "C3-94": lambda one: len(one["证件号码"]) > 15 and one["证件号码"][6:14] != one["出生日期"].replace("-", ""),
    "C3-85": lambda one: one["贫困户属性"] == "五保贫困户" and one["劳动技能"] in ABLE and 16 <= age(one) <= 59,
}


@SEEDS
@pytest.mark.parametrize("rule", OF_HOUSEHOLDS)
def test_the_households_that_break_a_rule_are_those_that_are_planted(seed, rule):
    broken = {id for id, people in households(seed).items() if OF_HOUSEHOLDS[rule](people)}
    assert broken == {str(id) for id in county(seed).mistakes.get(rule, ())}


@SEEDS
@pytest.mark.parametrize("rule", OF_PERSONS)
def test_the_persons_who_break_a_rule_are_those_who_are_planted(seed, rule):
    people = [one for home in households(seed).values() for one in home]
    broken = {one["人标识"] for one in people if OF_PERSONS[rule](one)}
    assert broken == {str(id) for id in county(seed).mistakes[rule]}


@SEEDS
def test_incomes_by_kind_add_up_to_the_net_income_a_person(seed):
    for people in households(seed).values():
        one = {header: value for header, value in people[0].items() if header in INCOMES}
        gains = sum(Decimal(one[header]) * sign for header, sign in INCOMES.items())
        assert gains == Decimal(people[0]["人均纯收入"]) * len(people)
        assert Decimal(one["转移性收入"]) == sum(Decimal(people[0][header]) for header in TRANSFERS)


INCOMES = {"工资性收入": 1, "生产经营性收入": 1, "生产经营性支出": -1, "财产性收入": 1, "转移性收入": 1}
TRANSFERS = ("低保金", "五保金", "养老保险金", "计划生育金", "生态补偿金", "其他转移性收入")


@SEEDS
def test_nothing_else_happens_to_whom_a_mistake_is_planted_in_and_of_exited_households_some_are_forgotten(seed):
    made = county(seed)
    exited = {case.household.id for case in made.exits if case.refused_for is None}
    wrong = dict(made.mistakes)
    forgotten = wrong.pop("C3-57-exited") | wrong.pop("C3-68")
    assert forgotten <= exited
    planted = set().union(*wrong.values())
    touched = {change.household.id for change in made.changes} | {case.household.id for case in made.cases} | exited
    homes = {
        home.id for home in made.homes.values() if home.id in planted or any(p.id in planted for p in home.members)
    }
    assert not touched & homes
    assert homes <= {home.id for home in made.remaining}


@SEEDS
def test_no_record_of_a_department_is_of_somebody_whose_number_is_written_down_wrongly(seed):
    made = county(seed)
    wrong = made.mistakes["C3-43"] | made.mistakes["C3-94"]
    numbers = {one.identity for home in made.homes.values() for one in home.members if one.id in wrong}
    assert len(numbers) == 6
    assert not numbers & {line["证件号码"] for lines in made.screening.lines.values() for line in lines}
