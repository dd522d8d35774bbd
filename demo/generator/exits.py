"""Exits of 2016: those that are approved, and planted ones that have to be refused, with what shows it."""

from dataclasses import dataclass
from datetime import date
from random import Random
from uuid import UUID

from demo.generator.households import Household
from demo.generator.numbers import Numbers

CRITERIA = {
    "food": "自产口粮和购买记录",
    "clothing": "四季衣被齐全",
    "education": "无辍学儿童",
    "medical": "全户参加新农合",
    "housing": "住房鉴定B级以上",
}
LINE = 420_000
# What villages get wrong of households that left: how many are still called poor, and how many still have a house
# that is written down as unsafe.
STILL_POOR, STILL_UNSAFE = 11, 3
MISTAKES = {"C3-57-exited": STILL_POOR, "C3-68": STILL_UNSAFE}


@dataclass(frozen=True, slots=True)
class Income:
    """A line of income, fen."""

    id: UUID
    kind: str
    amount: int


@dataclass(frozen=True, slots=True)
class Exit:
    """A proposal with its income and evidence; ``refused_for`` is what the check has to find."""

    id: UUID
    household: Household
    incomes: list[Income]
    unmet: str | None
    refused_for: str | None


def choose(random: Random, candidates: list[Household], households: int, persons: int) -> list[Household]:
    """Households of a number with a number of persons."""
    pool = candidates.copy()
    random.shuffle(pool)
    chosen, spare = pool[:households], pool[households:]
    while (gap := persons - sum(home.size for home in chosen)) != 0:
        position, other = random.randrange(len(chosen)), random.randrange(len(spare))
        step = spare[other].size - chosen[position].size
        if step and abs(gap - step) < abs(gap):
            chosen[position], spare[other] = spare[other], chosen[position]
    return chosen


def mistakes(random: Random, leaving: list[Household]) -> dict[str, set[UUID]]:
    """By rule of the data checks, the households that left of which something is written down wrongly."""
    unsafe = random.sample([home for home in leaving if home.unsafe_house], STILL_UNSAFE)
    others = [home for home in leaving if home not in unsafe]
    chosen = (random.sample(others, STILL_POOR), unsafe)
    return {rule: {home.id for home in homes} for rule, homes in zip(MISTAKES, chosen, strict=True)}


def exits(
    random: Random, numbers: Numbers, leaving: list[Household], staying: list[Household], fresh: list[Household]
) -> list[Exit]:
    """Proposals: ``leaving`` are good; of ``staying`` some lack something; ``fresh`` came in this year."""
    day = date(2016, 10, 20)
    good = [_proposal(random, numbers, home, day, random.randrange(LINE, 900_000)) for home in leaving]
    poor = [
        _proposal(random, numbers, home, day, random.randrange(200_000, LINE - 100), refused_for="income")
        for home in staying[:12]
    ]
    unmet = [
        _proposal(random, numbers, home, day, 600_000, unmet=name, refused_for=name)
        for home, name in zip(staying[12:24], ("housing", "medical", "education") * 4, strict=True)
    ]
    early = [_proposal(random, numbers, home, day, 600_000, refused_for="years") for home in fresh[:6]]
    return [*good, *poor, *unmet, *early]


def _proposal(
    random: Random,
    numbers: Numbers,
    home: Household,
    day: date,
    per_person: int,
    *,
    unmet: str | None = None,
    refused_for: str | None = None,
) -> Exit:
    total, lines = per_person * home.size, []
    cost = random.randrange(0, total // 5) // 100 * 100
    pension = min(total // 4, 12 * 8_000 * sum(member.born.year < 1956 for member in home.members))
    wage = (total - pension) * random.randrange(0, 60) // 100 if home.workers() else 0
    parts = {
        "wage": wage,
        "pension": pension,
        "business_income": total - wage - pension + cost,
        "business_cost": cost,
        # What does not count: enough to lift a poor one over the line, if somebody counted it by mistake.
        "reward": random.randrange(100_000, 600_000) if refused_for == "income" or random.random() < 0.3 else 0,
        "loan": 3_000_000 if refused_for == "income" else 0,
    }
    lines = [Income(numbers.id(day), kind, amount) for kind, amount in parts.items() if amount]
    return Exit(numbers.id(day), home, lines, unmet, refused_for)
