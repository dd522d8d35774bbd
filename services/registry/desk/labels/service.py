"""Give and take labels in lists: households are locked once, each item is decided by itself."""

import json
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.labels import queries
from services.registry.desk.labels.schemas import LabelIn
from shared import policy
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http import items
from shared.http.items import Answers, Outcome
from shared.problems import Conflict, Invalid
from shared.security import audit
from shared.time import clock


class LabelUnknown(Invalid):
    slug, zh, en = "label-unknown", "标签不在本地标签表内", "This label is not on the county's list"


class LabelInFuture(Invalid):
    slug, zh, en = "label-in-future", "标签日期晚于今天", "A label cannot begin or end in the future"


class LabelledAlready(Conflict):
    slug, zh, en = "labelled-already", "该户已有此标签", "The household carries this label already"


class NotLabelled(Conflict):
    slug, zh, en = "not-labelled", "该户没有此标签", "The household does not carry this label"


class EndsBeforeItBegan(Invalid):
    slug, zh, en = "ends-before-it-began", "结束日期早于开始日期", "A label cannot end before it began"


class LabelDiffers(Conflict):
    slug, zh, en = "label-differs", "此编号已用于另一标签", "This id was used for another label"


async def decide(session: AsyncSession, given: list[LabelIn]) -> Answers:
    """An answer for each item; the same again is "unchanged"."""
    ids = [one.household_id for one in given]
    places = {row.id: row.division for row in await session.execute(queries.HOUSEHOLDS, {"ids": ids})}
    today = await clock.today(session)
    desk = _Desk(
        today=today,
        places=places,
        done={row.id: row for row in await session.execute(queries.DONE, {"ids": [one.id for one in given]})},
        held={(row.household_id, row.label): row for row in await session.execute(queries.OPEN, {"ids": ids})},
        known={county: await _labels(session, county, today) for county in {code[:6] for code in places.values()}},
    )
    answers = items.answer_each(given, desk.decide)
    actor = caller_of(session).subject
    if desk.ends:
        await session.execute(queries.END, {"rows": json.dumps(desk.ends), "actor": actor})
    if desk.sets:
        await session.execute(queries.SET, {"rows": json.dumps(desk.sets), "actor": actor})
    for one, answer in zip(given, answers.items, strict=True):
        if answer.status == "accepted":
            action, id = f"label.{one.action}", one.household_id
            after = {"label": one.label, "on": one.on.isoformat()}
            audit.record(session, action, "household", id, places[id], after=after, reason=one.ground)
    return answers


@dataclass(slots=True)
class _Desk:
    """What is known while a list is decided: where households stand, what they carry, what was done before."""

    today: date
    places: dict[UUID, str]
    done: dict[UUID, Any]
    held: dict[tuple[UUID, str], Any]
    known: dict[str, set[str]]
    sets: list[dict[str, Any]] = field(default_factory=list)
    ends: list[dict[str, Any]] = field(default_factory=list)

    def decide(self, one: LabelIn) -> Outcome:
        if row := self.done.get(one.id):
            if (row.household_id, row.label, row.day, row.action) != (
                one.household_id,
                one.label,
                one.on,
                one.action,
            ):
                raise LabelDiffers(field="id", rule="one id, one label")
            return "unchanged"
        if one.household_id not in self.places:
            raise NoSuchHousehold(field="household_id")
        if one.on > self.today:
            raise LabelInFuture(field="on", rule="not in the future")
        if one.action == "set":
            self._set(one)
        else:
            self._end(one)
        return "accepted"

    def _set(self, one: LabelIn) -> None:
        division, key = self.places[one.household_id], (one.household_id, one.label)
        if one.label not in self.known[division[:6]]:
            raise LabelUnknown(field="label", rule="labels.list")
        if key in self.held:
            raise LabelledAlready(field="label", rule="once at a time")
        self.held[key] = None
        self.sets.append(
            {
                "id": str(one.id),
                "household_id": str(one.household_id),
                "division": division,
                "label": one.label,
                "begins_on": one.on.isoformat(),
                "ground": one.ground,
            }
        )

    def _end(self, one: LabelIn) -> None:
        held = self.held.get((one.household_id, one.label))
        # What an earlier item of the same list has set is not there to be ended yet.
        if held is None:
            raise NotLabelled(field="label", rule="carried now")
        if one.on < held.begins_on:
            raise EndsBeforeItBegan(field="on", rule="on or after it began")
        del self.held[one.household_id, one.label]
        self.ends.append(
            {"id": str(held.id), "end_id": str(one.id), "ends_on": one.on.isoformat(), "ground": one.ground}
        )


async def _labels(session: AsyncSession, place: str, today: date) -> set[str]:
    value = (await policy.resolve(session, "labels.list", place, today)).value
    return {one["text"] for one in value}
