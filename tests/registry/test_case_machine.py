"""Cases beside a model of them, under random steps by random people of random offices on random days.

The model is written from the procedure (docs/guides/identification.md): nobody skips, shortens, or decides alone.
"""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api
from tests.support.cases import NATIONAL, OFFICES, VILLAGE, act, detail, opened, record, spot, verdict
from tests.support.world import move_clock

STEPS = ["application", "visit", "discussion", "comparison", "vote", "first_notice", "town_review", "second_notice"]
STEPS += ["county_decision", "announcement"]
# Who may record which step; the village's steps also a town may record, which is closer than the county.
OFFICE = {"comparison": {"county"}, "town_review": {"town"}, "county_decision": {"county"}}
LISTED, NOTICE = {"town_review", "county_decision"}, timedelta(days=7)


@dataclass(slots=True)
class Case:
    """A case as the model believes it stands; ``done`` by position: what was said, and by whom."""

    body: dict[str, Any]
    position: int = 0
    status: str = "open"
    until: date | None = None
    listed: bool = False
    checked: str | None = None
    done: dict[int, tuple[str, str]] = field(default_factory=dict)
    objections: dict[str, tuple[bool, bool] | None] = field(default_factory=dict)
    noticed: bool = False

    @property
    def step(self) -> str | None:
        return STEPS[self.position] if self.position < len(STEPS) and self.status != "refused" else None

    @property
    def stopped(self) -> bool:
        return None in self.objections.values()

    def people(self) -> set[str]:
        visited = {"z"} if STEPS.index("visit") in self.done else set()
        return {"v-cadre"} | visited | {actor for _, actor in self.done.values()}

    def settle(self, today: date) -> None:
        if self.until and self.until <= today and not self.stopped:
            self._go(self.position + 1)

    def _go(self, position: int) -> None:
        self.position, self.until, self.listed, self.checked = position, None, False, None

    def record(self, name: str, office: str, actor: str, today: date) -> str:
        place, said = STEPS.index(name), (name if name.endswith("notice") else f"{name} {today}", actor)
        if self.done.get(place) == said:
            return "unchanged"
        allowed = office in OFFICE.get(name, {"village", "town"})
        if self.step != name or self.stopped or self.until or not allowed:
            return "refused"
        self.done[place] = said
        if name.endswith("notice"):
            self.until, self.noticed = today + NOTICE, True
        else:
            self._go(place + 1)
        return "accepted"

    def draw(self, name: str, office: str) -> str:
        if self.step != name or self.stopped or self.listed or office not in OFFICE[name]:
            return "refused"
        self.listed = True
        return "accepted"

    def check(self, office: str, actor: str, today: date) -> str:
        if not self.listed or self.step is None or office not in OFFICE[self.step] or actor in self.people():
            return "refused"
        if self.checked:
            return "unchanged" if self.checked == str(today) else "refused"
        self.checked = str(today)
        return "accepted"

    def decide(self, office: str, actor: str, said: str) -> str:
        last = max((place for place in self.done if STEPS[place] in LISTED), default=None)
        if self.step not in LISTED:
            return "unchanged" if last is not None and self.done[last] == (said, actor) else "refused"
        apart = office in OFFICE[self.step] and actor not in self.people()
        if self.stopped or not apart or not self.checked:
            return "refused"
        self.done[self.position] = (said, actor)
        if said == "False":
            self.status = "refused"
            return "accepted"
        if self.step == "county_decision":
            self.status = "approved"
        self._go(self.position + 1)
        return "accepted"

    def answer(self, id: str, actor: str, today: date, *, upheld: bool) -> str:
        if id not in self.objections:
            return "refused"
        if given := self.objections[id]:
            return "unchanged" if given[0] == upheld else "refused"
        if actor in self.people():
            return "refused"
        self.objections[id] = (upheld, True)
        posted = max((place for place in self.done if STEPS[place].endswith("notice")), default=None)
        if self.status == "open" and posted is not None:
            self._moved(posted, today, upheld=upheld)
        return "accepted"

    def _moved(self, posted: int, today: date, *, upheld: bool) -> None:
        if upheld and STEPS[posted] == "second_notice":
            self.status = "refused"
            return
        back = STEPS.index("visit") if upheld else posted
        self.done = {place: said for place, said in self.done.items() if place < back + (not upheld)}
        self._go(back)
        self.until = None if upheld else today + NOTICE


async def send(api: Api, random: Random, case: Case, today: date) -> tuple[str, str, str]:
    """One random action: what it was, what the model expects, what the service answers."""
    office, id = random.choice([*OFFICES]), case.body["id"]
    case.settle(today)
    due = case.step or "announcement"
    if random.random() < 0.8:
        office = random.choice(sorted(OFFICE.get(due, {"village"})))
    actor = random.choice({"village": "abc", "town": "cdef", "county": "cfgh"}[office])
    action = random.choice(["step"] * 4 + ["listed"] * 5 + ["object", "answer", "answer"])
    if action == "object" and case.noticed and random.random() < 0.15:
        item = {"id": str(uuid7()), "notice_id": (await detail(api, case.body))["notice_id"], "case_id": id}
        expected = "accepted" if case.status == "open" else "refused"
        if expected == "accepted":
            case.objections[item["id"]] = None
        return (
            action,
            expected,
            (await act(api, "/notices/objections", item | {"content": "有人举报"}, level="village"))[0]["status"],
        )
    if action == "answer":
        item = {
            "id": random.choice([*case.objections, str(uuid7())]),
            "upheld": random.random() < 0.1,
            "answer": "已核实",
        }
        expected = case.answer(item["id"], actor, today, upheld=item["upheld"])
        return (
            action,
            expected,
            (await act(api, "/notices/objection-answers", item, level="town", subject=actor))[0]["status"],
        )
    if action == "listed" and due in LISTED and office != "village":
        return await _listed(api, random, case, due, office, actor, today)
    name = random.choice([due] * 12 + STEPS)
    if name in LISTED:
        return "nothing", "", ""
    facts = {"visitors": [actor, "z"]} if name == "visit" else {}
    item = {"id": id, "step": name, "record": record(name, today.isoformat(), **facts)}
    expected = case.record(name, office, actor, today)
    answer = (await act(api, "/cases/steps", item, level=office, subject=actor))[0]
    return f"{name} by {office}", expected, answer["status"]


async def _listed(
    api: Api, random: Random, case: Case, due: str, office: str, actor: str, today: date
) -> tuple[str, str, str]:
    id, action = case.body["id"], random.choice(["draw", "check", "decide"])
    if action == "draw":
        expected, (role, digits) = case.draw(due, office), OFFICES[office]
        async with api.client(role, division=VILLAGE[:digits], subject=actor) as client:
            body = {"id": str(uuid7()), "step": due, "case_ids": [id]}
            answer = await client.post("/cases/batches", json=body)
        assert answer.status_code in (201, 403, 409), answer.text
        return action, expected, "accepted" if answer.status_code == 201 else "refused"
    if action == "check":
        expected = case.check(office, actor, today)
        item, path = spot(id, today.isoformat()), "spot-checks"
    else:
        approve = random.random() < 0.9
        expected = case.decide(office, actor, str(approve))
        item, path = verdict(id, approve=approve), "decisions"
    return action, expected, (await act(api, f"/cases/{path}", item, level=office, subject=actor))[0]["status"]


@pytest.mark.parametrize("seed", [1, 2])
async def test_cases_agree_with_their_model_whoever_tries_which_step_when(registry: Api, seed: int):
    random, today = Random(seed), date(2016 + seed, 1, 10)
    async with registry.client("county_office", division=NATIONAL) as client:
        place = {"code": VILLAGE, "name": "某村", "valid_from": "2000-01-01"}
        await client.post("/divisions", json={"items": [place]})
    await move_clock(registry, today.isoformat())
    cases = [Case(await opened(registry)) for _ in range(3)]
    seen: Counter[tuple[str, str]] = Counter()
    for _ in range(300):
        if random.random() < 0.2:
            today += timedelta(days=random.choice((1, 3, 7, 7)))
            await move_clock(registry, today.isoformat())
        case = random.choice(cases)
        action, expected, answered = await send(registry, random, case, today)
        assert answered == expected, (action, case)
        seen[action.split()[0], answered] += 1
        if random.random() < 0.2:
            now = await detail(registry, case.body)
            assert (now["status"], now["step"]) == (case.status, case.step), (action, case)
            assert now["notice_until"] == (case.until.isoformat() if case.until else None)
    on_register = await registry.worker.pool.fetch("SELECT id FROM household WHERE division = $1", VILLAGE)
    approved = {case.body["household_id"] for case in cases if case.status == "approved"}
    assert {str(row["id"]) for row in on_register} & {case.body["household_id"] for case in cases} == approved
    assert approved
    for action in ("draw", "check", "decide", "answer"):
        assert seen[action, "accepted"], seen
        assert seen[action, "refused"], seen
