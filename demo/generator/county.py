"""The demonstration county: 2015 to mid 2017, made so that counting its rows gives the published figures."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from demo.generator import (
    cases,
    changes,
    exits,
    feeds,
    lives,
    mistakes,
    money,
    poverty,
    render,
    rounds,
    schooling,
    staff,
)
from demo.generator.cases import Case
from demo.generator.changes import Change, Plan
from demo.generator.exits import Exit
from demo.generator.feeds import Screening
from demo.generator.households import Household
from demo.generator.lives import Lives
from demo.generator.mistakes import Planted
from demo.generator.money import Inflow, Loan, Project, Reward
from demo.generator.numbers import Numbers
from demo.generator.places import Place, places
from demo.generator.plans import Planning
from demo.generator.rounds import Round
from demo.generator.schooling import Pupil
from demo.generator.staff import Staffing

FIGURES = Path(__file__).parents[1] / "data" / "county.json"
OUTPUTS = {
    "食用菌": "食用菌 edible fungus (袋 bags)",
    "蓝莓": "蓝莓 blueberry (亩 mu)",
    "黑果花楸": "黑果花楸 aronia (亩 mu)",
    "贝母": "贝母 fritillaria (亩 mu)",
    "牛": "牛 cattle (头 head)",
    "鹅": "霍尔多巴吉种鹅 Hortobagy geese (只)",
}


@dataclass(frozen=True, slots=True)
class County:
    """Everything that happens, in the order of days. ``register`` is the CSV of the first registration; ``homes`` are
    all that ever were on the register, ``remaining`` those that are, or left poverty, after 2016.
    """

    places: list[Place]
    register: str
    changes: list[Change]
    bodies: dict[str, dict[str, Any]]
    inflows: list[Inflow]
    projects: list[Project]
    rewards: list[Reward]
    loans: list[Loan]
    exits: list[Exit]
    fund: int
    staffing: Staffing
    cases: list[Case]
    signatories: dict[str, list[tuple[str, str]]]
    homes: dict[str, Household]
    remaining: list[Household]
    planning: Planning
    rounds: list[Round]
    screening: Screening
    lives: Lives
    pupils: list[Pupil]
    mistakes: Planted


def published() -> dict[str, Any]:
    """The published figures."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text())
    return figures


def generate(seed: int = 2015) -> County:
    """The county of a seed; the same seed gives the same county to the last byte."""
    random, figures = Random(seed), published()
    numbers, registry, funding = Numbers(random), figures["registry"], figures["funding"]
    land = places(random)
    villages = [place.code for place in land if len(place.code) == 12]
    first = _first_register(random, numbers, villages, registry["opening_2015"])
    wrong = mistakes.plant(Random(f"{seed} mistakes"), first)
    kept = mistakes.households(wrong, first)
    register = render.csv_file(first)
    change, adjustment = registry["net_change_2015"], registry["net_dynamic_adjustment_2016"]
    plan_2015 = Plan(2015, net=change, removed=1150, restored=40, extinct=30, joined=150)
    plan_2016 = Plan(2016, net=adjustment, removed=50, restored=5, extinct=10, joined=60)
    year_2015 = changes.adjust(random, numbers, first, villages, plan_2015, kept)
    bodies = {str(home.id): render.household(home) for home in year_2015.entered}
    year_2016 = changes.adjust(random, numbers, year_2015.registered, villages, plan_2016, kept)
    bodies |= {str(home.id): render.household(home) for home in year_2016.entered}
    looked_back, told_2015 = rounds.rounds(Random(f"{seed} rounds"), year_2015.changes, year_2015.untouched)
    calm = year_2016.untouched
    right = [home for home in calm if home.id not in kept]
    leaving = exits.choose(random, right, registry["exits_2016"]["households"], registry["exits_2016"]["persons"])
    gone = {home.id for home in leaving}
    staying = [home for home in right if home.id not in gone]
    industry, reward = figures["projects"]["industry"], funding["reward_in_place_of_investment"]
    credit = funding["micro_credit"]
    known_by_autumn = [home for home in year_2016.entered if home.identified_on <= date(2016, 6, 30)]
    by_village = {code: [home for home in calm if home.village == code] for code in villages}
    totals = {
        "industry": industry["investment"] * 100,
        "reward": reward["paid"] * 100,
        "risk_fund": credit["guarantee_fund"] * 100,
        "credit": credit["lent"] * 100,
    }
    identified, changed_2016 = cases.choose(year_2016.changes, seed)
    screening, changed_2016 = feeds.choose(changed_2016, year_2016.registered, right, seed)
    projects = money.projects(
        random,
        numbers,
        by_village,
        industry | {"investment": totals["industry"]},
        {kind: industry["outputs"][key] for kind, key in OUTPUTS.items()},
    )
    rewards = money.rewards(random, numbers, by_village, reward["objects"], totals["reward"])
    loans = money.loans(random, numbers, calm, credit["loans"], totals["credit"])
    leaves = exits.exits(random, numbers, leaving, staying, known_by_autumn)
    lent = {loan.household.id for loan in loans} | {one.household.id for one in leaves}
    quiet = [home for home in staying if home.id not in lent]
    busy = {project.village for project in projects} | {min(villages)}
    spring = lives.lives(seed, quiet, leaving, busy, villages)
    newcomers = {str(one.household.id): one.household for one in spring.merger.cases if one.body}
    still = (home for home in year_2016.registered if all(home is not one.household for one in spring.merger.cases))
    remaining = [*still, *newcomers.values()]
    staffing = staff.staffing(
        Random(f"{seed} staff"), [(place.code, place.name) for place in land], figures["responsibility"]
    )
    return County(
        places=land,
        register=register,
        changes=[*told_2015, *changed_2016],
        bodies=bodies,
        inflows=money.inflows(numbers, totals),
        projects=projects,
        rewards=rewards,
        loans=loans,
        exits=leaves,
        fund=totals["risk_fund"],
        staffing=staffing,
        cases=identified,
        signatories=cases.signatories(
            staffing, [spring.merger.into, *(case.household.village for case in identified)]
        ),
        homes={str(home.id): home for home in (*first, *year_2015.entered, *year_2016.entered)} | newcomers,
        remaining=remaining,
        pupils=schooling.pupils(Random(f"{seed} schooling"), remaining, set().union(*wrong.values())),
        lives=spring,
        planning=Planning(seed, {str(home.id) for home in leaving}),
        rounds=looked_back,
        screening=screening,
        mistakes=wrong | exits.mistakes(Random(f"{seed} left"), leaving),
    )


def _first_register(
    random: Random, numbers: Numbers, villages: list[str], opening: dict[str, int]
) -> list[Household]:
    made = []
    for size in poverty.sizes(random, opening["households"], opening["persons"]):
        day = date(2014, 4, 1) + timedelta(days=random.randrange(0, 240))
        made.append(poverty.household(random, numbers, random.choice(villages), size, day))
    return made
