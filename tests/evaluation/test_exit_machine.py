"""Exits beside a model of them, under random steps by random people on random days: nobody shortens or skips."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.evaluation.test_exits import EVIDENCE
from tests.support.api import Api
from tests.support.told import known_household
from tests.support.world import decide, move_clock

NOTICE = timedelta(days=7)  # this county's publicity.days.exit
PATHS = {
    "propose": ("proposals", "village_cadre"),
    "check": ("checks", "town_cadre"),
    "sign": ("signatures", "village_cadre"),
    "publish": ("notices", "town_cadre"),
    "object": ("objections", "village_cadre"),
    "answer": ("objection-answers", "county_office"),
    "approve": ("approvals", "county_office"),
}
ORDER = ["proposed", "checked", "signed", "published", "approved"]
FOLLOWING = dict(zip(ORDER, ["check", "sign", "publish", "approve"], strict=False))
AFTER = {"check": "checked", "sign": "signed", "publish": "published", "approve": "approved"}


@dataclass(slots=True)
class Case:
    """An exit as the model believes it stands; ``objections`` by id, whether answered."""

    household: str
    poor: bool
    id: str = field(default_factory=lambda: str(uuid7()))
    status: str = ""
    proposer: str = ""
    checker: str = ""
    checked_on: date = date.max
    free_on: date = date.max
    objections: dict[str, bool] = field(default_factory=dict)

    def expect(self, step: str, item: dict[str, Any], actor: str, today: date) -> str:
        """How the service should answer a step, and where the case stands then."""
        if step == "propose":
            return self._propose(actor)
        if step == "object":
            if not self.status or self.status != "published":
                return "refused"
            self.objections[item["id"]] = False
            return "accepted"
        if step == "answer":
            return self._answer(item, actor, today)
        return self._step(step, actor, today)

    def _propose(self, actor: str) -> str:
        if self.status:
            return "unchanged"
        self.status, self.proposer = "proposed", actor
        return "accepted"

    def _answer(self, item: dict[str, Any], actor: str, today: date) -> str:
        if item["id"] not in self.objections:
            return "refused"
        if self.objections[item["id"]]:
            return "unchanged"
        if actor in (self.proposer, self.checker):
            return "refused"
        self.objections[item["id"]] = True
        if self.status == "published":
            if item["upheld"]:
                self.status = "refused"
            else:
                self.free_on = today + NOTICE
        return "accepted"

    def _step(self, step: str, actor: str, today: date) -> str:
        target = AFTER[step]
        if self.status == "refused":
            return "unchanged" if step == "check" else "refused"
        if self.status and ORDER.index(self.status) >= ORDER.index(target):
            return "unchanged"
        if not self.status or ORDER.index(self.status) + 1 != ORDER.index(target):
            return "refused"
        if step == "check" and actor == self.proposer:
            return "refused"
        if step == "approve" and (
            actor in (self.proposer, self.checker) or today < self.free_on or not all(self.objections.values())
        ):
            return "refused"
        if step == "check":
            self.checker, self.checked_on = actor, today
        if step == "publish":
            self.free_on = today + NOTICE
        self.status = "refused" if step == "check" and self.poor else target
        return "accepted"


def random_item(random: Random, step: str, case: Case, today: date) -> dict[str, Any]:
    if step == "propose":
        return {"id": case.id, "household_id": case.household, "year": today.year, "evidence": EVIDENCE}
    if step == "sign":
        return {"id": case.id, "signature": "确认书", "signed_on": today.isoformat()}
    if step == "object":
        return {"id": str(uuid7()), "exit_id": case.id, "content": "有人反映其有车"}
    if step == "answer":
        known = [*case.objections, str(uuid7())]
        return {"id": random.choice(known), "upheld": random.random() < 0.3, "answer": "已入户核实"}
    return {"id": case.id}


@pytest.mark.parametrize("seed", [1, 2])
async def test_exits_agree_with_their_model_whoever_tries_which_step_when(evaluation: Api, seed: int):
    random, today = Random(seed), date(2017 + seed, 1, 10)
    await move_clock(evaluation, today.isoformat())
    cases = []
    for number in range(8):
        household = await known_household(evaluation)
        wage = "3000.00" if number == 0 else "30000.00"
        line = {
            "id": str(uuid7()),
            "household_id": household["id"],
            "year": today.year,
            "kind": "wage",
            "amount": wage,
        }
        await decide(evaluation, "/incomes", line, role="village_cadre")
        cases.append(Case(household["id"], poor=number == 0))
    for _ in range(220):
        if random.random() < 0.25 and today < date(2017 + seed, 12, 1):
            today += timedelta(days=random.choice((1, 2, 7)))
            await move_clock(evaluation, today.isoformat())
        case = random.choice(cases)
        following = (
            ["check", "sign", "publish", "approve"][ORDER.index(case.status)] if case.status in ORDER[:4] else ""
        )
        step = random.choice([*PATHS, following or "propose", following or "approve", "answer"])
        path, role = PATHS[step]
        actor, item = random.choice("abcd"), random_item(random, step, case, today)
        expected = case.expect(step, item, actor, today)
        answer = (await decide(evaluation, f"/exits/{path}", item, role=role, subject=actor))[0]
        assert answer["status"] == expected, (step, case, answer)
    async with evaluation.client("auditor") as client:
        for case in cases:
            found = await client.get(f"/exits/{case.id}")
            assert found.status_code == (200 if case.status else 404)
            assert not case.status or found.json()["status"] == case.status
    assert {"approved", "refused"} <= {case.status for case in cases}
