"""Runs of rules over a division 数据比对, how often a rule was right 命中率, and switching it off where it is not."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.screening import queries
from services.registry.verification.screening.policies import in_force
from services.registry.verification.screening.records import Rated
from services.registry.verification.screening.schemas import RuleRate, ScreeningIn, ScreeningState, SwitchIn
from shared import jobs
from shared.database.session import caller_of
from shared.http.items import Answers, Outcome, answer_each
from shared.names.ids import uuid7
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.time import clock


class NoSuchScreening(NotFound):
    slug, zh, en = "no-such-screening", "没有这次比对", "There is no such screening"


class NoSuchRule(Invalid):
    slug, zh, en = "no-such-rule", "没有这一规则", "There is no such rule"


class SwitchDiffers(Conflict):
    slug, zh, en = "switch-differs", "此编号已用于另一开关记录", "This id stands for another switch"


async def start(session: AsyncSession, body: ScreeningIn) -> UUID:
    """Ask for a run over a division. Raises DivisionForbidden, NoSuchRule."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    known = await in_force(session, body.division, await clock.today(session))
    wanted = body.rules or sorted(known.rules)
    for position, name in enumerate(wanted):
        if name not in known.rules:
            raise NoSuchRule(field=f"rules[{position}]", rule="in force here")
    id = uuid7()
    await queries.start(session, id, body.division, wanted)
    await jobs.enqueue(session, "screening", {"screening_id": str(id)}, division=body.division, id=id)
    audit.record(session, "screening.started", "screening", id, body.division, after={"rules": len(wanted)})
    return id


async def state(session: AsyncSession, id: UUID) -> ScreeningState:
    """How a run is going. Raises NoSuchScreening."""
    row = (await session.execute(queries.STATE, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchScreening(field="screening_id")
    return ScreeningState.model_validate(row)


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
    known = await in_force(session, place, today)
    rated = await queries.rated(session, place, since or date.min, until or date.max)
    names = sorted(rated.keys() | known.rules.keys())
    off = await queries.switched_off(session, place, names)
    answer = []
    for name in names:
        rule, rate = known.rules.get(name), rated.get(name) or Rated(name, 0, 0, 0, 0, None)
        ground = known.ground_of(rule) if rule else None
        answer.append(
            RuleRate(
                rule=name,
                zh=rule.zh if rule else None,
                en=rule.en if rule else None,
                about=rule.about if rule else None,
                ground=ground.code if ground else None,
                enabled=name not in off and (rule is None or known.raises(rule)),
                raised=rate.raised,
                open=rate.open,
                upheld=rate.upheld,
                denied=rate.denied,
                share=rate.share,
            )
        )
    return answer


async def switch(session: AsyncSession, items: list[SwitchIn]) -> Answers:
    """Switch rules off or on from today; open doubts go their way, new ones are not raised while a rule is off."""
    caller = caller_of(session)
    known = await queries.switched(session, [item.id for item in items])
    places = {item.division for item in items if caller.covers(item.division)}
    rated = {place: {rate.rule: rate for rate in await rates(session, place)} for place in sorted(places)}
    fresh: list[tuple[SwitchIn, Rated]] = []

    def decide(item: SwitchIn) -> Outcome:
        if not caller.covers(item.division):
            raise DivisionForbidden(field="division")
        if there := known.get(item.id):
            if there != item:
                raise SwitchDiffers(field="id", rule="one id, one switch")
            return "unchanged"
        rate = rated[item.division].get(item.rule)
        if rate is None:
            raise NoSuchRule(field="rule", rule="in force here, or has raised a doubt")
        fresh.append((item, Rated(rate.rule, rate.raised, rate.open, rate.upheld, rate.denied, rate.share)))
        return "accepted"

    answers = answer_each(items, decide)
    if fresh:
        await queries.switch(session, fresh)
    for one, _ in fresh:
        done = {"enabled": one.enabled}
        audit.record(session, "rule.switched", "rule", one.rule, one.division, after=done, reason=one.reason)
    return answers
