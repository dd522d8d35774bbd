"""Exits beside a model of them, under random steps by random people on random days: nobody shortens or skips."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.exits import earns, opening, propose
from tests.support.told import known_household
from tests.support.world import decide, move_clock

NOTICE = timedelta(days=7)  # this county's notice of exits
ORDER = ["check", "consent", "notice", "county_decision"]
ACTIONS = ["propose", *ORDER, "batch", "object", "answer", "withdraw"]


@dataclass(slots=True)
class Case:
    """An exit as the model believes it stands; ``objections`` by id, whether answered."""

    household: str
    poor: bool
    id: str = field(default_factory=lambda: str(uuid7()))
    status: str = ""
    position: int = 0
    people: set[str] = field(default_factory=set)
    said: dict[str, tuple[str, str]] = field(default_factory=dict)
    free_on: date | None = None
    listed: bool = False
    notice: str = ""
    objections: dict[str, bool | None] = field(default_factory=dict)

    @property
    def due(self) -> str:
        return ORDER[self.position] if self.status == "open" and self.position < len(ORDER) else ""

    @property
    def stopped(self) -> bool:
        return None in self.objections.values()

    def settle(self, today: date) -> None:
        if self.free_on and self.free_on <= today and not self.stopped and self.due == "notice":
            self.position, self.free_on = 3, None

    def propose(self, actor: str) -> str:
        if self.status:
            return "unchanged"
        self.status, self.people = "open", {actor}
        return "accepted"

    def record(self, step: str, actor: str, today: date) -> str:
        content = (actor, "" if step == "notice" else str(today))
        if self.said.get(step) == content:
            return "unchanged"
        if self.due != step or self.stopped or self.free_on:
            return "refused"
        self.said[step] = content
        self.people.add(actor)
        if step == "check" and self.poor:
            self.status = "refused"
        elif step == "notice":
            self.free_on = today + NOTICE
        else:
            self.position += 1
        return "accepted"

    def batch(self) -> str:
        if self.due != "county_decision" or self.stopped or self.listed:
            return "refused"
        self.listed = True
        return "accepted"

    def approve(self, actor: str) -> str:
        if self.status == "approved":
            return "unchanged" if self.said["county_decision"][0] == actor else "refused"
        if self.due != "county_decision" or self.stopped or not self.listed or actor in self.people:
            return "refused"
        self.said["county_decision"] = (actor, "")
        self.status = "approved"
        return "accepted"

    def object(self, id: str) -> str:
        if self.status != "open":
            return "refused"
        self.objections[id] = None
        return "accepted"

    def answer(self, id: str, actor: str, today: date, *, upheld: bool) -> str:
        if id not in self.objections:
            return "refused"
        if self.objections[id] is not None:
            return "unchanged" if self.objections[id] == upheld else "refused"
        if actor in self.people:
            return "refused"
        self.objections[id] = upheld
        if self.status == "open":
            if upheld:
                self.status = "refused"
            else:
                self.position, self.free_on, self.listed = 2, today + NOTICE, False
        return "accepted"

    def withdraw(self, actor: str) -> str:
        if self.status == "withdrawn":
            return "unchanged"
        if self.status != "open":
            return "refused"
        self.status = "withdrawn"
        return "accepted"


def recorded(step: str, actor: str, today: date) -> dict[str, Any]:
    """What is recorded at a step."""
    bodies: dict[str, dict[str, Any]] = {
        "check": {"kind": "inspection", "visitors": [actor], "supports": True, "finding": "情况属实"},
        "consent": {"kind": "consent", "agrees": True, "signed_by": "王某"},
    }
    if step == "notice":
        return {"kind": "notice", "place": "村务公开栏"}
    return {**bodies[step], "on": today.isoformat()}


async def act(api: Api, random: Random, case: Case, action: str, today: date) -> tuple[str, str]:
    """One action: what the model expects, what the service answers."""
    actor = random.choice("abcd")
    if action == "propose":
        item = opening({"id": case.household}, id=case.id, year=today.year)
        return case.propose(actor), (await propose(api, item, subject=actor))["status"]
    if action in ("check", "consent", "notice"):
        item = {"id": case.id, "step": action, "record": recorded(action, actor, today)}
        role = "town_cadre" if action == "check" else "village_cadre"
        expected = case.record(action, actor, today)
        return expected, (await decide(api, "/cases/steps", item, role=role, subject=actor))[0]["status"]
    if action == "batch":
        body = {"id": str(uuid7()), "step": "county_decision", "case_ids": [case.id]}
        async with api.client("county_office", subject=actor) as client:
            answer = await client.post("/cases/batches", json=body)
        return case.batch(), "accepted" if answer.status_code == 201 else "refused"
    if action == "county_decision":
        item = {"id": case.id, "approve": True, "reason": "符合退出条件"}
        expected = case.approve(actor)
        return expected, (await decide(api, "/cases/decisions", item, role="county_office", subject=actor))[0][
            "status"
        ]
    if action == "withdraw":
        item = {"id": case.id, "reason": "暂缓退出"}
        expected = case.withdraw(actor)
        return expected, (await decide(api, "/cases/withdrawals", item, role="town_cadre", subject=actor))[0][
            "status"
        ]
    return await _objected(api, random, case, action, actor, today)


async def _objected(api: Api, random: Random, case: Case, action: str, actor: str, today: date) -> tuple[str, str]:
    if action == "object":
        item = {"id": str(uuid7()), "notice_id": case.notice, "case_id": case.id, "content": "有人反映其有车"}
        expected = case.object(item["id"])
        return expected, (await decide(api, "/notices/objections", item, role="village_cadre"))[0]["status"]
    id, upheld = random.choice([*case.objections, str(uuid7())]), random.random() < 0.2
    item = {"id": id, "upheld": upheld, "answer": "已入户核实"}
    expected = case.answer(id, actor, today, upheld=upheld)
    path = "/notices/objection-answers"
    return expected, (await decide(api, path, item, role="county_office", subject=actor))[0]["status"]


@pytest.mark.parametrize("seed", [1, 2])
async def test_exits_agree_with_their_model_whoever_tries_which_step_when(evaluation: Api, seed: int):
    random, today = Random(seed), date(2017 + seed, 1, 10)
    await move_clock(evaluation, today.isoformat())
    cases = []
    for number in range(8):
        household = await known_household(evaluation)
        await earns(evaluation, household, year=today.year, wage="3000.00" if number == 0 else "30000.00")
        cases.append(Case(household["id"], poor=number == 0))
    for _ in range(260):
        if random.random() < 0.25 and today < date(2017 + seed, 12, 1):
            today += timedelta(days=random.choice((1, 2, 7)))
            await move_clock(evaluation, today.isoformat())
        case = random.choice(cases)
        case.settle(today)
        weights = [case.due or "propose"] * 8 + ["batch", "answer", *random.sample(ACTIONS, 3)]
        action = random.choice([one for one in weights if one != "withdraw" or random.random() < 0.1])
        if action == "object" and (not case.notice or random.random() < 0.6):
            continue
        if action != "propose" and not case.status:
            continue
        expected, answered = await act(evaluation, random, case, action, today)
        assert answered == expected, (action, case, answered)
        if case.status:
            async with evaluation.client("auditor") as client:
                case.notice = (await client.get(f"/cases/{case.id}")).json()["notice_id"] or ""
    async with evaluation.client("auditor") as client:
        for case in cases:
            found = await client.get(f"/exits/{case.id}")
            assert found.status_code == (200 if case.status else 404)
            assert not case.status or found.json()["status"] == case.status
    assert {"approved", "refused"} <= {case.status for case in cases}
