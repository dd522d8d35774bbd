"""Money of the campaign: where it comes from, projects, rewards and loans. Amounts in fen."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from random import Random
from uuid import UUID

from demo.generator.households import Household
from demo.generator.numbers import Numbers
from demo.generator.persons import Person

BANK = "靖宇县农村信用合作联社"
# (unit price in fen, smallest and largest quantity) of what a household does before it is rewarded.
_ITEMS = {
    "牛": (80_000, 2, 8),
    "猪": (50_000, 3, 16),
    "鹅": (2_000, 60, 400),
    "贝母": (200_000, 1, 4),
    "蓝莓": (150_000, 1, 6),
    "蜂": (30_000, 6, 24),
    "食用菌": (100, 2_000, 12_000),
}
_WEIGHTS = (1, 1, 1, 1, 1, 1, 2)
_CODE = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_PROJECTS = {"食用菌": 30, "蓝莓": 12, "黑果花楸": 6, "贝母": 12, "牛": 14, "鹅": 8}


@dataclass(frozen=True, slots=True)
class Inflow:
    id: UUID
    level: str
    payer: str
    document_no: str
    purpose: str
    amount: int


@dataclass(frozen=True, slots=True)
class Project:
    id: UUID
    village: str
    name: str
    budget: int
    kind: str
    quantity: int
    delivery: UUID
    participants: list[tuple[UUID, Household]]


@dataclass(frozen=True, slots=True)
class Reward:
    id: UUID
    village: str
    payee_kind: str
    payee: UUID
    item: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Cooperative:
    """A cooperative 农民专业合作社 of a village: invented, with a code that is valid in form."""

    id: UUID
    village: str
    name: str
    credit_code: str


@dataclass(frozen=True, slots=True)
class Loan:
    id: UUID
    household: Household
    borrower: Person
    amount: int
    months: int


def inflows(numbers: Numbers, totals: dict[str, int]) -> list[Inflow]:
    """Enough for everything, from several levels. Document numbers are invented."""
    day = date(2016, 1, 15)
    plan = [
        ("central", "财政部", "industry", 60),
        ("province", "吉林省财政厅", "industry", 30),
        ("county", "靖宇县财政局", "industry", 12),
        ("province", "吉林省财政厅", "reward", 70),
        ("city", "白山市财政局", "reward", 31),
        ("county", "靖宇县财政局", "risk_fund", 100),
        ("bank", BANK, "credit", 102),
    ]
    return [
        Inflow(numbers.id(day), level, payer, f"演示〔2016〕{number}号", purpose, totals[purpose] * share // 100)
        for number, (level, payer, purpose, share) in enumerate(plan, 1)
    ]


def projects(
    random: Random,
    numbers: Numbers,
    by_village: dict[str, list[Household]],
    wanted: dict[str, int],
    outputs: dict[str, int],
) -> list[Project]:
    """Projects in as many villages as published, for as much, with as much output of each kind."""
    villages = random.sample(sorted(by_village), wanted["villages"])
    where = villages + random.sample(villages, wanted["projects"] - wanted["villages"])
    kinds = [kind for kind, count in _PROJECTS.items() for _ in range(count)]
    random.shuffle(kinds)
    budgets = split(random, wanted["investment"] // 10_000, len(where), 20, 100)
    quantities = {kind: split(random, total, kinds.count(kind), 1, 100) for kind, total in outputs.items()}
    made = []
    day = date(2016, 3, 1)
    for village, kind, budget in zip(where, kinds, budgets, strict=True):
        homes = random.sample(by_village[village], min(len(by_village[village]), random.randrange(10, 31)))
        made.append(
            Project(
                id=numbers.id(day),
                village=village,
                name=f"{kind}产业项目",
                budget=budget * 10_000,
                kind=kind,
                quantity=quantities[kind].pop(),
                delivery=numbers.id(date(2016, 10, 1)),
                participants=[(numbers.id(day), home) for home in homes],
            )
        )
    return made


def rewards(
    random: Random, numbers: Numbers, by_village: dict[str, list[Household]], objects: int, total: int
) -> list[Reward]:
    """Rewards for a number of payees in every village, one cooperative in each, for a total."""
    day = date(2016, 9, 1)
    payees: list[tuple[str, str, UUID]] = [
        ("cooperative", village, numbers.id(day)) for village in sorted(by_village)
    ]
    homes = [home for village in sorted(by_village) for home in by_village[village]]
    chosen = random.sample(homes, objects - len(payees))
    payees += [("household", home.village, home.id) for home in chosen]
    items = random.choices(list(_ITEMS), _WEIGHTS, k=len(payees))
    quantities = [random.randrange(_ITEMS[item][1], _ITEMS[item][2] + 1) for item in items]
    # Fungus is paid by the bag, a yuan each: its bags make the total exact.
    gap = total // 100 - sum(_ITEMS[item][0] * n for item, n in zip(items, quantities, strict=True)) // 100
    bags = [position for position, item in enumerate(items) if item == "食用菌"]
    while gap:
        position = random.choice(bags)
        step = max(min(gap, 12_000 - quantities[position]), 500 - quantities[position])
        quantities[position] += step
        gap -= step
    return [
        Reward(numbers.id(day), village, kind, payee, item, quantity)
        for (kind, village, payee), item, quantity in zip(payees, items, quantities, strict=True)
    ]


def cooperatives(rewards: list[Reward]) -> list[Cooperative]:
    """The cooperatives that are rewarded."""
    paid = [reward for reward in rewards if reward.payee_kind == "cooperative"]
    return [
        Cooperative(reward.payee, reward.village, f"第{number}号{reward.item}专业合作社", credit_code(number))
        for number, reward in enumerate(paid, 1)
    ]


def credit_code(number: int) -> str:
    """A unified social credit code after GB 32100 of a cooperative of the county; nobody has it."""
    body = f"93220622{number:08d}X"
    return body + _CODE[-sum(_CODE.index(letter) * 3**place for place, letter in enumerate(body)) % 31]


def loans(random: Random, numbers: Numbers, homes: list[Household], count: int, total: int) -> list[Loan]:
    """Loans of multiples of a hundred yuan, up to 50,000, to households with somebody able to work."""
    day = date(2016, 7, 5)
    able = [(home, who) for home in homes for who in home.members[:2] if who.works_on(day)]
    one_each = list({home.id: (home, who) for home, who in able}.values())
    chosen = random.sample(one_each, count)
    amounts = [random.choice((200, 300, 400, 500)) for _ in chosen]
    while (gap := total // 10_000 - sum(amounts)) != 0:
        position = random.randrange(count)
        amounts[position] = min(500, max(50, amounts[position] + max(-50, min(50, gap))))
    return [
        Loan(numbers.id(day), home, who, amount * 10_000, random.choice((12, 24, 36)))
        for (home, who), amount in zip(chosen, amounts, strict=True)
    ]


def split(random: Random, total: int, parts: int, low: int, high: int) -> list[int]:
    """Whole parts (at least 1) in random proportion, adding up exactly."""
    weights = [random.randrange(low, high) for _ in range(parts)]
    made = [max(1, total * weight // sum(weights)) for weight in weights]
    made[0] += total - sum(made)
    return made


def yuan(fen: int) -> str:
    """The decimal string that the API takes."""
    return f"{Decimal(fen) / 100:.2f}"
