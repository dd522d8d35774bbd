"""The register beside a model of it in lists, under random changes: as it was on any day, as known on any day."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shared.names.ids import uuid7
from tests.support.api import Api, Client
from tests.support.people import household, member
from tests.support.world import by_two, move_clock, register, villages

START = date(2016, 3, 1)
REASONS = {
    "removal": "wrongly_included",
    "restoration": "restored",
    "member_added": "married_in",
    "member_left": "death",
    "head_changed": "head_changed",
}


@dataclass(frozen=True, slots=True)
class Belief:
    """What became known on a day about the time from another day on; the first member is the head."""

    known: date
    since: date
    status: str
    members: tuple[str, ...]


@dataclass(slots=True)
class Home:
    """A household of the model: everything that was ever believed of it, in the order in which it came."""

    id: str
    beliefs: list[Belief] = field(default_factory=list)
    accepted: list[dict[str, Any]] = field(default_factory=list)

    def at(self, day: date, known: date = date.max) -> Belief | None:
        """A new belief says nothing of the days before it, so the last that is known of a day holds."""
        fitting = [belief for belief in self.beliefs if belief.known <= known and belief.since <= day]
        return fitting[-1] if fitting else None

    def expect(self, item: dict[str, Any], today: date) -> str:
        """Whether the register should take a change, and what it believes then."""
        if item in self.accepted:
            return "unchanged"
        now, day = self.beliefs[-1], date.fromisoformat(item["effective_on"])
        status, members = self._after(item, now)
        if day > today or day < now.since or members is None:
            return "refused"
        self.beliefs.append(Belief(today, day, status, members))
        self.accepted.append(item)
        return "accepted"

    def _after(self, item: dict[str, Any], now: Belief) -> tuple[str, tuple[str, ...] | None]:
        if item["kind"] == "restoration":
            return "registered", now.members if now.status == "removed" else None
        if now.status != "registered":
            return now.status, None
        if item["kind"] == "removal":
            return "removed", now.members
        return now.status, self._members(item, now)

    def _members(self, item: dict[str, Any], now: Belief) -> tuple[str, ...] | None:
        if item["kind"] == "member_added":
            return (*now.members, item["member"]["id"])
        if heir := item.get("successor_id"):
            # Whose son a grandson is, the register cannot know where there are several sons: the family says it.
            gone = {heir, item.get("person_id", heir)}
            leads = item["kind"] == "head_changed" or item["person_id"] == now.members[0]
            others = [one for one in now.members if one not in gone] if leads else []
            item["relations"] = [{"person_id": one, "relation": "其他"} for one in others]
        if item["kind"] == "head_changed":
            return (heir, *(one for one in now.members if one != heir)) if heir in now.members[1:] else None
        leaver, heir = item["person_id"], item.get("successor_id")
        staying = tuple(person for person in now.members if person != leaver)
        if not staying or len(staying) == len(now.members):
            return None
        if leaver == now.members[0]:
            ordered = (heir, *(person for person in staying if person != heir))
            return ordered if heir in staying else None
        return None if heir else staying


def counted(homes: list[Home], day: date, known: date = date.max) -> dict[str, int]:
    found = [belief for home in homes if (belief := home.at(day, known)) and belief.status == "registered"]
    return {"households": len(found), "persons": sum(len(belief.members) for belief in found)}


def random_change(random: Random, home: Home, today: date) -> dict[str, Any]:
    """A change as somebody in an office might send it: often right, sometimes too late, too early or impossible."""
    if home.accepted and random.random() < 0.15:
        return random.choice(home.accepted)
    kinds = ["removal", "restoration", "restoration", "member_added", "member_left", "member_left", "head_changed"]
    kind = random.choice(kinds)
    item: dict[str, Any] = {
        "id": str(uuid7()),
        "kind": kind,
        "household_id": home.id,
        "reason": REASONS[kind],
        "effective_on": (today - timedelta(days=random.choice((-1, 0, 0, 1, 2, 5, 30, 400)))).isoformat(),
    }
    members = home.beliefs[-1].members
    if kind == "member_added":
        item["member"] = member("之孙子", labour=None)
    if kind == "member_left":
        item["person_id"] = random.choice([*members, members[0], str(uuid7())])
        if random.random() < 0.5:
            item["successor_id"] = random.choice(members)
    if kind == "head_changed":
        item["successor_id"] = random.choice([*members, *members[1:], str(uuid7())])
    return item


def in_turn(sent: list[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """The changes as lists, one after the other: what a second person has to release is released before the next."""
    lists: list[list[dict[str, Any]]] = [[]]
    for item in sent:
        if item["kind"] in ("removal", "restoration"):
            lists += [[item], []]
        else:
            lists[-1].append(item)
    return [some for some in lists if some]


async def _agree(client: Client, homes: list[Home], village: str, day: date, known: date) -> None:
    """One household after the other, and the whole register, on a day as known on a day."""
    moment = datetime(known.year, known.month, known.day, 12, tzinfo=ZoneInfo("Asia/Shanghai")).isoformat()
    point = {"as_of": day.isoformat(), "known_at": moment}
    for home in homes:
        answer, belief = await client.get(f"/households/{home.id}/as-of", params=point), home.at(day, known)
        if belief is None:
            assert answer.status_code == 404
            continue
        then = answer.json()
        assert (then["status"], then["size"]) == (belief.status, len(belief.members))
        assert {person["id"] for person in then["members"]} == set(belief.members)
        assert [person["id"] for person in then["members"] if person["relation"] == "户主"] == [belief.members[0]]
    page = (await client.get("/register", params=point | {"division": village, "status": "registered"})).json()
    sizes = [row["size"] for row in page["items"]]
    assert {"households": len(sizes), "persons": sum(sizes)} == counted(homes, day, known)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_register_agrees_with_its_model_on_every_day_as_known_on_every_day(registry: Api, seed: int):
    random, village, today = Random(seed), f"22062210{seed + 2}201", START + timedelta(days=800 * seed)
    await villages(registry, village)
    await move_clock(registry, today.isoformat())
    homes = []
    for size in (1, 2, 3, 4, 5):
        body = await register(registry, size, village=village)
        people = tuple(person["id"] for person in body["members"])
        first = Belief(today, date.fromisoformat(household()["identified_on"]), "registered", people)
        homes.append(Home(body["id"], [first]))
    days = [today]
    for _ in range(25):
        today += timedelta(days=random.choice((1, 3, 20)))
        days.append(today)
        await move_clock(registry, today.isoformat())
        sent = [random_change(random, random.choice(homes), today) for _ in range(random.randrange(1, 9))]
        sent = list({item["id"]: item for item in sent}.values())
        by_id = {home.id: home for home in homes}
        expected = [by_id[item["household_id"]].expect(item, today) for item in sent]
        answers = [answer for some in in_turn(sent) for answer in await by_two(registry, *some, role="county_office")]
        assert [answer["status"] for answer in answers] == expected
    async with registry.client("auditor") as client:
        for _ in range(12):
            day = random.choice(days) - timedelta(days=random.choice((0, 1, 3, 40, 4000)))
            await _agree(client, homes, village, day, random.choice(days))
        for year in {day.year for day in days}:
            told = (await client.get(f"/years/{year}", params={"division": village})).json()
            assert told["opening"] == counted(homes, date(year - 1, 12, 31))
            assert told["closing"] == counted(homes, date(year, 12, 31))
            for what in ("households", "persons"):
                assert told["opening"][what] + sum(span[what] for span in told["bridge"]) == told["closing"][what]
        for home in homes:
            story = (await client.get(f"/households/{home.id}/history")).json()
            assert [chapter["version"] for chapter in story] == list(range(1, len(home.beliefs) + 1))
            sequences = await registry.worker.pool.fetch(
                "SELECT (headers ->> 'sequence')::integer AS at FROM outbox WHERE key = $1 ORDER BY id", home.id
            )
            assert [row["at"] for row in sequences] == list(range(1, len(home.beliefs) + 1))
