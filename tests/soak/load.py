"""Load as offices make it: a clerk repeats a request with its key until it is answered, and remembers the answer."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import Any

import httpx

from demo.generator import kinship, render
from demo.generator.numbers import Numbers
from demo.generator.persons import person
from demo.generator.poverty import household
from shared.names.ids import uuid7
from tests.soak.processes import Platform

VILLAGES = [f"2206221002{n:02d}" for n in range(10)]


@dataclass(slots=True)
class Told:
    """What clients were told, to be compared with what the services hold."""

    households: dict[str, int] = field(default_factory=dict)
    changes: dict[str, list[str]] = field(default_factory=dict)
    inflows: dict[str, int] = field(default_factory=dict)
    projects: dict[str, int] = field(default_factory=dict)
    paid: set[str] = field(default_factory=set)
    retries: int = 0


class Clerk:
    """One client with an identity-number region of its own."""

    def __init__(self, platform: Platform, told: Told, number: int) -> None:
        self._platform, self._told = platform, told
        self._random = Random(number)
        self._numbers = Numbers(self._random, 220622 + number * 1000)
        self._http = httpx.AsyncClient(timeout=15)
        self._homes: list[Any] = []

    async def work(self, until: float) -> None:
        """Register, change, take in money, propose, approve and pay, until the time is over."""
        while asyncio.get_running_loop().time() < until:
            await self._register()
            if self._homes:
                await self._grow(self._random.choice(self._homes))
            if self._random.randrange(5) == 0:
                await self._project()
        await self._http.aclose()

    async def post(self, service: str, role: str, path: str, body: Any) -> Any:
        """Send until it is answered; the key makes it one request however often it is sent."""
        headers = {"Authorization": f"Bearer {self._platform.token(role)}", "Idempotency-Key": str(uuid7())}
        while True:
            try:
                answer = await self._http.post(self._platform.url(service) + path, json=body, headers=headers)
                if answer.status_code < 500 and answer.json().get("type", "").rsplit(":", 1)[-1] != "busy":
                    return answer
            except (httpx.HTTPError, ValueError):
                await asyncio.sleep(0.1)
            self._told.retries += 1
            await asyncio.sleep(0.2)

    async def _register(self) -> None:
        home = household(self._random, self._numbers, self._random.choice(VILLAGES), 2, date(2014, 6, 1))
        answer = await self.post("registry", "county_office", "/households", render.household(home))
        assert answer.status_code in (200, 202), answer.text
        if answer.status_code == 202:
            item = {"id": answer.json()["request_id"], "approve": True, "reason": "核对无误"}
            await self._decide("registry", "county_leader", "/changes/releases", item)
        self._told.households[str(home.id)] = 1
        self._told.changes[str(home.id)] = []
        self._homes = [*self._homes[-20:], home]

    async def _grow(self, home: Any) -> None:
        kin = kinship.alone(self._random, 1984, male=True)
        who = person(self._random, self._numbers, home.next_number(self._random), kin, "其他", date(2014, 12, 31))
        home.members.append(who)
        change = {
            "id": str(uuid7()),
            "kind": "member_added",
            "household_id": str(home.id),
            "reason": "married_in",
            "effective_on": "2016-01-01",
            "member": render.member(who),
        }
        answer = await self.post("registry", "county_office", "/changes", {"items": [change]})
        assert answer.status_code == 200, answer.text
        item = answer.json()["items"][0]
        assert item["status"] in ("accepted", "unchanged"), item
        self._told.households[str(home.id)] += 1
        self._told.changes[str(home.id)].append(change["id"])

    async def _project(self) -> None:
        amount = self._random.randrange(100, 10_000)
        inflow = {
            "id": str(uuid7()),
            "division": "220622",
            "level": "province",
            "payer": "省",
            "document_no": str(uuid7()),
            "year": 2016,
            "purpose": "industry",
            "amount": f"{amount}.00",
            "received_on": "2016-01-01",
        }
        await self._decide("funding", "finance_clerk", "/inflows", inflow)
        await self._decide("funding", "finance_officer", "/inflows/confirmations", {"id": inflow["id"]})
        self._told.inflows[inflow["id"]] = amount * 100
        project = {
            "id": str(uuid7()),
            "division": self._random.choice(VILLAGES),
            "name": "项目",
            "kind": "industry",
            "budget": f"{amount}.00",
            "starts_on": "2016-01-01",
            "ends_on": "2016-12-31",
            "outputs": [{"kind": "牛", "quantity": "1"}],
        }
        await self._decide("projects", "project_office", "/projects", project)
        await self._decide("projects", "county_leader", "/projects/approvals", {"id": project["id"]})
        self._told.projects[project["id"]] = amount * 100

    async def _decide(self, service: str, role: str, path: str, item: dict[str, Any]) -> None:
        answer = await self.post(service, role, path, {"items": [item]})
        outcome = answer.json()["items"][0]
        assert outcome["status"] in ("accepted", "unchanged"), outcome

    async def pay(self, project: str) -> bool:
        """Pay a project; twice, because a clerk with bad signal would. True once funding knows of it."""
        for _ in range(2):
            answer = await self.post(
                "funding", "finance_officer", "/project-requests/payments", {"items": [{"id": project}]}
            )
            outcome = answer.json()["items"][0]
            if outcome["status"] == "refused":
                assert outcome["problem"]["type"].endswith("no-such-project-request"), outcome
                return False
        self._told.paid.add(project)
        return True
