"""Helpers beside a model counted day by day, under random lists of assignments, handovers, endings and removals."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.registry.test_changes import change
from tests.support.api import Api
from tests.support.people import VILLAGE
from tests.support.staffing import organisation, person
from tests.support.world import by_two, decide, move_clock, register, villages

FIRST, TODAY, HORIZON = date(2016, 1, 1), date(2016, 5, 1), date(2016, 12, 31)
PATHS = {"assign": "", "hand_over": "/handovers", "end": "/endings"}


@dataclass(slots=True)
class Held:
    """A helper's charge of the model."""

    helper: str
    home: str
    start: date
    end: date | None = None

    def on(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day < self.end)


@dataclass(slots=True)
class Model:
    """What the county should know: charges by id, how many households each may have, who left the register."""

    most: dict[str, int]
    held: dict[str, Held] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    def may(self, new: Held, without: Held | None = None) -> bool:
        """Whether the register should take a new charge, looking at every single day from its first on."""
        if new.start > TODAY or new.home in self.gone:
            return False
        others = [one for one in self.held.values() if one is not without]
        if without is not None:
            others.append(Held(without.helper, without.home, without.start, new.start))
        day = new.start
        while day <= HORIZON:
            mine = [one for one in others if one.helper == new.helper and one.on(day)]
            if len(mine) >= self.most[new.helper] or any(one.home == new.home for one in mine):
                return False
            day += timedelta(1)
        return True

    def assign(self, item: dict[str, Any]) -> str:
        new = Held(item["staff_id"], item["household_id"], date.fromisoformat(item["started_on"]))
        if not self.may(new):
            return "refused"
        self.held[item["id"]] = new
        return "accepted"

    def end(self, item: dict[str, Any]) -> str:
        held, on = self.held[item["id"]], date.fromisoformat(item["on"])
        if held.end == on:
            return "unchanged"
        if held.end or not held.start < on <= TODAY:
            return "refused"
        held.end = on
        return "accepted"

    def hand_over(self, item: dict[str, Any]) -> str:
        old, on = self.held[item["ends"]], date.fromisoformat(item["on"])
        new = Held(item["staff_id"], old.home, on)
        if old.end or not old.start < on <= TODAY or old.helper == new.helper or not self.may(new, old):
            return "refused"
        old.end = on
        self.held[item["id"]] = new
        return "accepted"

    def remove(self, home: str, on: date) -> None:
        self.gone.add(home)
        for one in self.held.values():
            if one.home == home and one.end is None:
                one.end = max(on, one.start + timedelta(1))


def made_up(random: Random, model: Model, homes: list[str]) -> tuple[str, list[dict[str, Any]]]:
    """A kind of command and a list of them; most may be, some may not."""
    items: list[dict[str, Any]] = []
    kind = random.choice(("assign", "assign", "hand_over", "end")) if model.held else "assign"
    still = [id for id, one in model.held.items() if one.end is None]
    past = random.sample(sorted(model.held), min(1, len(model.held)))
    known = list(dict.fromkeys([*random.sample(still, min(3, len(still))), *past]))
    for position in range(4 if kind == "assign" else len(known)):
        day = str(FIRST + timedelta(random.randrange((TODAY - FIRST).days + 3)))
        helper, note = random.choice(list(model.most)), {"on": day, "note": "工作调整"}
        if kind == "assign":
            about = {"role": "helper", "household_id": random.choice(homes), "started_on": day}
            items.append({"id": str(uuid7()), "staff_id": helper} | about)
        elif kind == "end":
            items.append({"id": known[position]} | note)
        else:
            items.append({"id": str(uuid7()), "ends": known[position], "staff_id": helper} | note)
    return kind, items


@pytest.fixture(scope="module", autouse=True)
async def county(registry: Api) -> None:
    await villages(registry)
    await move_clock(registry, str(TODAY))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_helpers_are_on_every_day_as_a_model_has_them(registry: Api, seed: int):
    random = Random(seed)
    city = await organisation(registry, level="city", kind="city_department")
    helpers = [
        (await person(registry, city, rank=rank), most) for rank, most in (("一般", 1), ("副科", 2), ("正科", 3))
    ]
    helpers += [(await person(registry), 4) for _ in range(3)]
    model = Model({who["id"]: most for who, most in helpers})
    homes = [(await register(registry))["id"] for _ in range(8)]
    seen: set[str] = set()
    for turn in range(40):
        kind, items = made_up(random, model, homes)
        expected = [getattr(model, kind)(item) for item in items]
        answers = await decide(registry, f"/responsibilities{PATHS[kind]}", *items, role="county_office")
        assert [answer["status"] for answer in answers] == expected, (turn, items, answers)
        seen |= {f"{kind} {status}" for status in expected}
        if turn == 30:
            day = date(2016, 4, 1)
            removal = change("removal", homes[0], str(day), "wrongly_included")
            await by_two(registry, removal, role="county_office")
            model.remove(homes[0], day)
    assert seen >= {f"{kind} {status}" for kind in PATHS for status in ("accepted", "refused")}
    async with registry.client("auditor") as client:
        for day in (FIRST, date(2016, 2, 15), date(2016, 3, 31), date(2016, 4, 1), TODAY):
            params = {"division": VILLAGE, "role": "helper", "on": str(day), "limit": 1000}
            rows = (await client.get("/responsibilities", params=params)).json()["items"]
            mine = {row["id"] for row in rows if row["household_id"] in homes}
            assert mine == {id for id, one in model.held.items() if one.on(day)}, day
        for home in homes:
            told = (await client.get(f"/households/{home}/helpers")).json()
            assert {row["id"] for row in told} == {id for id, one in model.held.items() if one.home == home}
