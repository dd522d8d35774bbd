"""How often a rule was right 命中率, and the switch for rules that are not worth the walk to the household."""

import json
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.screening.catalogue import catalogue
from shared.database.session import caller_of
from shared.http import paging
from shared.http.items import Answers, Outcome, answer_each
from shared.names.divisions import Division
from shared.problems import Conflict, Invalid
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock

_RATES = text("""
    SELECT rule, count(*) AS raised, count(*) FILTER (WHERE status <> 'closed') AS open,
        count(*) FILTER (WHERE status = 'closed' AND upheld) AS upheld,
        count(*) FILTER (WHERE status = 'closed' AND NOT upheld) AS denied,
        round(avg(upheld::integer) FILTER (WHERE status = 'closed'), 4)::text AS share
    FROM doubt WHERE division >= :low AND division < :high AND raised_on >= :since AND raised_on <= :until
    GROUP BY rule ORDER BY rule
""")
_OFF = text("SELECT rule FROM unnest(CAST(:rules AS text[])) AS rule WHERE rule_is_off(rule, :division)")
_KNOWN = text("SELECT id, division, rule, enabled, reason FROM rule_switch WHERE id = ANY(:ids)")
_SWITCH = text("""
    INSERT INTO rule_switch (id, division, rule, enabled, reason, hit_rate, recorded_by)
    VALUES (:id, :division, :rule, :enabled, :reason, CAST(:hit_rate AS jsonb), :actor)
""")
_SWITCHES = text("""
    SELECT id, division, rule, enabled, reason, hit_rate, effective_on, recorded_at, recorded_by FROM rule_switch
    WHERE division >= :low AND division < :high AND (division, id) > (:division, CAST(:id AS uuid))
    ORDER BY division, id LIMIT :limit
""")


class RuleRate(BaseModel):
    """A rule and how often it was right: ``share`` is that of the closed doubts; none closed, no share."""

    rule: str
    zh: str | None
    en: str | None
    about: str | None
    ground: str | None
    enabled: bool
    raised: int
    open: int
    upheld: int
    denied: int
    share: str | None


class SwitchIn(BaseModel):
    """A rule goes off or on in a division, for a reason."""

    model_config = ConfigDict(extra="forbid")

    id: UUID
    division: Division
    rule: Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$", max_length=60)]
    enabled: bool
    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=5, max_length=500)]


class SwitchRow(BaseModel):
    """A switch as recorded, with the hit rate that was known then."""

    model_config = ConfigDict(from_attributes=True)

    id: UUID
    division: str
    rule: str
    enabled: bool
    reason: str
    hit_rate: dict[str, Any]
    effective_on: date
    recorded_at: datetime
    recorded_by: str


class NoSuchRule(Invalid):
    slug, zh, en = "no-such-rule", "没有这一规则", "There is no such rule"


class SwitchDiffers(Conflict):
    slug, zh, en = "switch-differs", "此编号已用于另一开关记录", "This id stands for another switch"


async def rates(
    session: AsyncSession, division: str | None, since: date | None = None, until: date | None = None
) -> list[RuleRate]:
    """Every rule in force in a division, and every other that has raised a doubt there, with its hit rate.

    Raises DivisionForbidden.
    """
    caller, today = caller_of(session), await clock.today(session)
    place = division or caller.division
    if not caller.covers(place):
        raise DivisionForbidden(field="division")
    known = await catalogue(session, place, today)
    span = {"since": since or date.min, "until": until or date.max}
    found = await session.execute(_RATES, span | {"low": place, "high": place + ":"})
    counted = {row.rule: row for row in found}
    names = sorted(counted.keys() | known.rules.keys())
    off = set((await session.execute(_OFF, {"rules": names, "division": place})).scalars())
    answer = []
    for name in names:
        rule, row = known.rules.get(name), counted.get(name)
        ground = known.ground_of(rule) if rule else None
        answer.append(
            RuleRate(
                rule=name,
                zh=rule.zh if rule else None,
                en=rule.en if rule else None,
                about=rule.about if rule else None,
                ground=ground.code if ground else None,
                enabled=name not in off and (rule is None or known.raises(rule)),
                raised=row.raised if row else 0,
                open=row.open if row else 0,
                upheld=row.upheld if row else 0,
                denied=row.denied if row else 0,
                share=row.share if row else None,
            )
        )
    return answer


async def switch(session: AsyncSession, items: list[SwitchIn]) -> Answers:
    """Switch rules off or on from today; open doubts go their way, new ones are not raised while a rule is off."""
    caller = caller_of(session)
    known = {row.id: row for row in await session.execute(_KNOWN, {"ids": [item.id for item in items]})}
    places = {item.division for item in items if caller.covers(item.division)}
    rated = {place: {rate.rule: rate for rate in await rates(session, place)} for place in sorted(places)}
    fresh: list[dict[str, Any]] = []

    def decide(item: SwitchIn) -> Outcome:
        if not caller.covers(item.division):
            raise DivisionForbidden(field="division")
        if row := known.get(item.id):
            if SwitchIn.model_validate(row, from_attributes=True) != item:
                raise SwitchDiffers(field="id", rule="one id, one switch")
            return "unchanged"
        rate = rated[item.division].get(item.rule)
        if rate is None:
            raise NoSuchRule(field="rule", rule="in force here, or has raised a doubt")
        hit_rate = rate.model_dump(include={"raised", "open", "upheld", "denied", "share"})
        fresh.append(item.model_dump() | {"hit_rate": json.dumps(hit_rate), "actor": caller.subject})
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await session.execute(_SWITCH, fresh)
    for one in fresh:
        done = {"enabled": one["enabled"]}
        audit.record(session, "rule.switched", "rule", one["rule"], one["division"], after=done, reason=one["reason"])
    return answers


async def switches(session: AsyncSession, limit: int, cursor: str | None) -> paging.Page[SwitchRow]:
    """Every switch within the caller's division."""
    prefix, after = caller_of(session).division, paging.decode(cursor, 2) or paging.FIRST
    bound = {"low": prefix, "high": prefix + ":", "division": str(after[0]), "id": str(after[1]), "limit": limit + 1}
    return paging.by_division(
        [SwitchRow.model_validate(row) for row in await session.execute(_SWITCHES, bound)], limit
    )
