"""Record natural villages, their stated totals, and the households that live in them."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

import yaml
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.queries import existing_divisions
from services.registry.register.households.rules import NoSuchVillage
from services.registry.register.natural_villages import queries
from services.registry.register.natural_villages.schemas import NaturalVillage, PlaceIn, Total, Totals, TotalsIn
from shared.database.session import caller_of, raw
from shared.households.queries import NoSuchHousehold
from shared.http.items import Answers, Outcome, answer_each
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


class NoSuchNaturalVillage(NotFound):
    slug, zh, en = "no-such-natural-village", "辖区内没有这个自然村或小组", "There is no such natural village here"


class CodeWrong(Invalid):
    slug, zh, en = "natural-village-code", "自然村代码应以所在村代码开头", "The code begins with that of the village"


class CodeTaken(Conflict):
    slug, zh, en = "natural-village-code-taken", "自然村代码已被使用", "The code is taken"


class NaturalVillageDiffers(Conflict):
    slug, zh, en = "natural-village-differs", "此编号已登记为另一自然村", "This id stands for another natural village"


class NoSuchTotal(Invalid):
    slug, zh, en = "no-such-total", "没有统计项“{code}”", "There is no total '{code}'"


class OtherVillage(Conflict):
    slug, zh, en = "other-village", "该户不在这个自然村所在的行政村", "The household lives in another village"


class BeforeLastPlace(Conflict):
    slug, zh, en = "before-last-place", "日期早于该户上次变动", "The household was put elsewhere after this day"


@cache
def items() -> list[dict[str, Any]]:
    """The totals of the national system, in its order."""
    listed: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "totals.yaml").read_text())
    return listed


async def record(session: AsyncSession, villages: list[NaturalVillage]) -> Answers:
    """Record natural villages; the same again is "unchanged"."""
    caller = caller_of(session)
    known = {row.id: row for row in await session.execute(queries.KNOWN, {"ids": [one.id for one in villages]})}
    existing = await existing_divisions(session, [one.division for one in villages])
    codes = sorted({one.code for one in villages if one.code})
    taken = set((await session.execute(queries.CODES, {"codes": codes})).scalars())
    rows: list[dict[str, Any]] = []

    def decide(one: NaturalVillage) -> Outcome:
        if one.id in known:
            if NaturalVillage.model_validate(known[one.id]) != one:
                raise NaturalVillageDiffers(field="id", rule="one id, one natural village")
            return "unchanged"
        if not caller.covers(one.division):
            raise DivisionForbidden(field="division")
        if one.division not in existing:
            raise NoSuchVillage(field="division", rule="a village on the list of divisions")
        if one.code and not one.code.startswith(one.division):
            raise CodeWrong(field="code", rule="the village's code and three digits")
        if one.code and one.code in taken:
            raise CodeTaken(field="code", rule="once")
        taken.add(one.code or "")
        rows.append(one.model_dump(mode="json"))
        return "accepted"

    answers = answer_each(villages, decide)
    if rows:
        await (await raw(session)).execute(queries.RECORD, json.dumps(rows, ensure_ascii=False), caller.subject)
        audit.record(
            session, "natural_villages.recorded", "division", caller.division, caller.division, after={"n": len(rows)}
        )
    return answers


async def state(session: AsyncSession, stated: list[TotalsIn]) -> Answers:
    """Keep stated totals; those of a year that were stated otherwise are superseded."""
    caller, codes = caller_of(session), {item["code"] for item in items()}
    known = {row.id: row for row in await session.execute(queries.KNOWN, {"ids": [one.id for one in stated]})}
    rows: list[dict[str, Any]] = []

    def decide(one: TotalsIn) -> Outcome:
        if one.id not in known:
            raise NoSuchNaturalVillage(field="id")
        if wrong := sorted(one.totals.keys() - codes):
            raise NoSuchTotal(field=f"totals.{wrong[0]}", rule="AAD", code=wrong[0])
        common = {"id": str(one.id), "division": known[one.id].division, "year": one.year, "source": one.source}
        rows.extend(common | {"item": code, "value": value} for code, value in one.totals.items())
        return "accepted"

    answers = answer_each(stated, decide)
    if rows:
        connection, listed = await raw(session), json.dumps(rows, ensure_ascii=False)
        await connection.execute(queries.SUPERSEDE, listed)
        await connection.execute(queries.STATE, listed, caller.subject)
        audit.record(
            session, "natural_villages.stated", "division", caller.division, caller.division, after={"n": len(rows)}
        )
    return answers


async def place(session: AsyncSession, places: list[PlaceIn]) -> Answers:
    """Say where households live from a day on."""
    caller, today = caller_of(session), await clock.today(session)
    households = {row.id: row for row in await session.execute(queries.HOUSEHOLDS, {"ids": [p.id for p in places]})}
    ids = [one.natural_village_id for one in places]
    known = {row.id: row for row in await session.execute(queries.KNOWN, {"ids": ids})}
    rows: list[dict[str, Any]] = []

    def decide(one: PlaceIn) -> Outcome:
        household, village = households.get(one.id), known.get(one.natural_village_id)
        if household is None:
            raise NoSuchHousehold(field="id")
        if village is None or one.valid_from < village.valid_from:
            raise NoSuchNaturalVillage(field="natural_village_id")
        if household.division != village.division:
            raise OtherVillage(field="natural_village_id", rule="of the household's village")
        if household.natural_village_id == village.id and household.valid_from <= one.valid_from:
            return "unchanged"
        if one.valid_from > today or (household.valid_from and one.valid_from < household.valid_from):
            raise BeforeLastPlace(field="valid_from", rule="in order of days, not in the future")
        rows.append(one.model_dump(mode="json") | {"division": household.division})
        return "accepted"

    answers = answer_each(places, decide)
    if rows:
        connection, listed = await raw(session), json.dumps(rows)
        await connection.execute(queries.UNDO, listed)
        await connection.execute(queries.LEAVE, listed)
        await connection.execute(queries.PLACE, listed, caller.subject)
        audit.record(
            session, "households.placed", "division", caller.division, caller.division, after={"n": len(rows)}
        )
    return answers


async def totals(session: AsyncSession, id: UUID, year: int) -> Totals:
    """Stated totals beside counted ones. Raises NoSuchNaturalVillage."""
    if (await session.execute(queries.KNOWN, {"ids": [id]})).one_or_none() is None:
        raise NoSuchNaturalVillage(field="natural_village_id")
    day = min(date(year, 12, 31), await clock.today(session))
    stated = {row.item: row for row in await session.execute(queries.STATED, {"id": id, "year": year})}
    counted = (await session.execute(queries.COUNTED, {"id": id, "on": day})).one()._mapping  # noqa: SLF001 (public)
    listed = [_total(item, stated.get(item["code"]), counted.get(item["key"])) for item in items()]
    return Totals(natural_village_id=id, year=year, counted_on=day, totals=listed)


def _total(item: dict[str, Any], stated: Any, counted: int | None) -> Total:
    scope = item.get("counted")
    known = stated is not None and scope == "all"
    return Total(
        code=item["code"],
        zh=item["zh"],
        en=item["en"],
        stated=stated.value if stated else None,
        source=stated.source if stated else None,
        counted=counted if scope else None,
        scope=scope,
        difference=stated.value - counted if known else None,
    )
