"""The demonstration county is exact by construction, believable, and the same for the same seed."""

import csv
import io
from collections import Counter

import pytest

from demo.generator.county import OUTPUTS, generate, published
from demo.generator.feeds import FALSE, LEFT_OUT, TRUE
from demo.generator.rounds import CLEARED
from shared.names.identity import DocumentKind, classify
from tests.support.county import county

FIGURES = published()
PRICES = {"食用菌": 1, "牛": 800, "猪": 500, "鹅": 20, "贝母": 2000, "蓝莓": 1500, "蜂": 300}


def lines(seed: int = 2015) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(county(seed).register)))


@pytest.mark.parametrize("seed", [2015, 7])
def test_the_first_register_has_the_published_households_and_persons(seed):
    opening = FIGURES["registry"]["opening_2015"]
    assert len(lines(seed)) == opening["persons"]
    assert len({line["户编号"] for line in lines(seed)}) == opening["households"]


@pytest.mark.parametrize("seed", [2015, 7])
def test_projects_rewards_and_loans_add_up_to_the_published_totals(seed):
    made, industry = county(seed), FIGURES["projects"]["industry"]
    assert (len(made.projects), len({p.village for p in made.projects})) == (
        industry["projects"],
        industry["villages"],
    )
    assert sum(project.budget for project in made.projects) == industry["investment"] * 100
    for kind, key in OUTPUTS.items():
        assert sum(p.quantity for p in made.projects if p.kind == kind) == industry["outputs"][key]
    rewards = FIGURES["funding"]["reward_in_place_of_investment"]
    assert sum(PRICES[reward.item] * reward.quantity for reward in made.rewards) == rewards["paid"]
    assert (len(made.rewards), len({reward.village for reward in made.rewards})) == (
        rewards["objects"],
        rewards["villages"],
    )
    credit = FIGURES["funding"]["micro_credit"]
    assert (len(made.loans), sum(loan.amount for loan in made.loans)) == (credit["loans"], credit["lent"] * 100)
    assert len({loan.household.id for loan in made.loans}) == credit["loans"]


def test_the_exits_are_the_published_ones_and_thirty_more_that_must_be_refused():
    exits, good = county().exits, [case for case in county().exits if case.refused_for is None]
    assert len(good) == FIGURES["registry"]["exits_2016"]["households"]
    later = len(county().lives.births)  # in 2017, when they had left poverty
    assert sum(case.household.size for case in good) - later == FIGURES["registry"]["exits_2016"]["persons"]
    assert len(exits) - len(good) == 30


def test_numbers_are_valid_and_unique_and_agree_with_birth_date_but_for_the_planted_ones():
    wrong = {str(id) for rule in ("C3-40", "C3-94") for id in county().mistakes[rule]}
    numbers = [line["证件号码"] for line in lines()]
    assert len(set(numbers)) == len(numbers)
    right = [line for line in lines() if line["人标识"] not in wrong]
    assert len(right) == len(numbers) - len(wrong)
    assert {classify(line["证件号码"]) for line in right} == {DocumentKind.RESIDENT, DocumentKind.DISABILITY}
    assert all(line["出生日期"].replace("-", "") == line["证件号码"][6:14] for line in right)
    assert all(int(line["证件号码"][16]) % 2 == (line["性别"] == "男") for line in right)
    heads = Counter(line["户编号"] for line in lines() if line["与户主关系"] == "户主")
    assert set(heads.values()) == {1}


def test_the_same_seed_gives_the_same_county_and_another_seed_another():
    again = generate(2015)
    assert (again.register, again.loans, again.changes) == (county().register, county().loans, county().changes)
    assert generate(7).register != county().register


@pytest.mark.parametrize("seed", [2015, 7])
def test_who_helps_is_as_published_and_nobody_of_them_is_on_the_register(seed):
    made, known = county(seed).staffing, FIGURES["responsibility"]
    kinds = Counter(body["kind"] for body in made.organisations)
    outside = known["outside_helpers"]
    assert (kinds["county_department"], kinds["enterprise"]) == (known["county_departments"], known["enterprises"])
    assert kinds["provincial_department"] == outside["provincial_departments"]
    assert kinds["city_department"] == outside["city_departments"]
    roles = Counter(body["role"] for body in made.charges)
    assert (roles["first_secretary"], roles["team_leader"]) == (
        known["first_secretaries"],
        known["work_team_leaders"],
    )
    assert roles["village_secretary"] == known["villages_covered"]
    assert sum(map(len, made.pools.values())) > known["cadres_and_staff_paired"]
    numbers = [body["identity_number"] for body in made.people]
    assert {classify(number) for number in numbers} == {DocumentKind.RESIDENT}
    assert len(set(numbers)) == len(numbers)
    assert not {line["证件号码"] for line in lines(seed)} & set(numbers)
    assert len({body["kind"] for body in made.duties}) == known["kinds"]


@pytest.mark.parametrize("seed", [2015, 7])
def test_a_dozen_changes_of_2016_go_through_the_countys_three_steps_instead_and_one_stranger_is_planted(seed):
    made = county(seed)
    planned = {change.household.id for change in made.changes if change.kind in ("new_entry", "removal")}
    assert Counter(case.planted for case in made.cases) == {False: 12, True: 1}
    assert planned.isdisjoint(case.household.id for case in made.cases)
    for case in made.cases:
        posts = [post for post, _ in made.signatories[case.household.village]]
        assert posts in (["village_secretary", "first_secretary"], ["village_secretary", "team_leader"])


@pytest.mark.parametrize("seed", [2015, 7])
def test_what_the_rounds_find_is_no_longer_told_as_a_change(seed):
    made = county(seed)
    told = {change.id for change in made.changes}
    for one, cleared in zip(made.rounds, CLEARED, strict=True):
        assert len(one.planted("cleared")) == cleared
        assert not told & {change.id for change in one.truth.values()}
        assert all(one.starts <= change.day <= one.ends for change in one.truth.values())
        assert one.overlooked <= one.planted("cleared")
        assert not one.accused & one.truth.keys()


@pytest.mark.parametrize("seed", [2015, 7])
def test_the_feeds_of_2016_plant_what_is_true_and_what_only_seems_so_among_noise(seed):
    made = county(seed)
    planted = made.screening.planted.values()
    assert Counter(one.verdict for one in planted) == {"cleared_out": TRUE, "taken_in": LEFT_OUT, **FALSE}
    assert sum(len(one.rules) for one in planted) == 44
    numbers = [next(iter(line.values())) for feed in made.screening.lines.values() for line in feed]
    assert len(numbers) == len(set(numbers)) > 600
    given = {line["证件号码"] for feed in made.screening.lines.values() for line in feed}
    assert {classify(number) for number in given - {""}} == {DocumentKind.RESIDENT}
