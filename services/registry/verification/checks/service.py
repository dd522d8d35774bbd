"""Start a data check 数据核查, look at one household, and have findings looked at by people."""

from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.households.queries import note_viewers
from services.registry.verification.checks import catalogue, queries
from services.registry.verification.checks.policies import thresholds
from services.registry.verification.checks.records import Found, Rule, Run, Task
from services.registry.verification.checks.rules import parse
from services.registry.verification.checks.schemas import CheckIn, CheckState, Finding, RuleRow
from services.registry.verification.checks.search import county_thresholds, of_household
from shared import jobs
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.http import paging
from shared.names.divisions import prefix_range
from shared.names.ids import uuid7
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing
from shared.time import clock
from shared.words import Name


class NoSuchRule(Invalid):
    slug, zh, en = (
        "no-such-rule",
        "所选核查规则在该数据年度不执行，请重新选择",
        "No such rule is in force for this data year",
    )
    rules: tuple[Name, ...]


class NoSuchCheck(NotFound):
    slug, zh, en = "no-such-data-check", "没有这次核查", "There is no such data check"


class CheckExists(Conflict):
    slug, zh, en = "data-check-exists", "此编号已用于另一次核查", "This id was used for another data check"


async def start(session: AsyncSession, body: CheckIn) -> None:
    """Record a run and enqueue its job. Raises 403, 409 and 422 problems."""
    if not caller_of(session).covers(body.division):
        raise DivisionForbidden(field="division")
    today = await clock.today(session)
    year = body.data_year or today.year
    if year > today.year:
        raise Invalid(field="data_year", rule="not in the future")
    chosen = _chosen(body, year)
    rules = [rule.id for rule in chosen]
    run = Run(body.id, body.division, year, today, catalogue.version(), rules, households=0)
    await thresholds(session, chosen, body.division, run.day)  # refused now rather than in the job
    if not await queries.start(session, run):
        raise CheckExists(field="id", rule="one id, one check")
    await jobs.enqueue(session, "data_check", {}, division=body.division, id=body.id)
    after = {"data_year": year, "rules": len(chosen), "rule_set": run.rule_set}
    audit.record(session, "data_check.started", "data_check", body.id, body.division, after=after)


def _chosen(body: CheckIn, year: int) -> list[Rule]:
    in_force = catalogue.in_force(year)
    if unknown := [id for id in body.rules if id not in in_force]:
        raise NoSuchRule(field="rules", rule="a rule in force", rules=tuple(map(Name, unknown)))
    asked = set(body.rules)
    some = [
        rule
        for rule in in_force.values()
        if (not asked or rule.id in asked) and (not body.groups or rule.group in body.groups)
    ]
    if not some:
        raise NoSuchRule(field="groups", rule="a rule in force", rules=tuple(map(Name, body.groups)))
    return some


async def find(session: AsyncSession, id: UUID) -> Run:
    """A run as it was asked for. Raises NoSuchCheck (404)."""
    run = await queries.get(session, id)
    if run is None:
        raise NoSuchCheck(field="check_id")
    return run


async def state(session: AsyncSession, id: UUID) -> CheckState:
    """A run: rule set, policies, how far it is, what it found in all. Raises NoSuchCheck (404)."""
    row = (await session.execute(queries.STATE, {"id": id})).one_or_none()
    if row is None:
        raise NoSuchCheck(field="check_id")
    return CheckState.model_validate(row)


async def findings_of_household(
    session: AsyncSession, keys: KeyRing, household_id: UUID, data_year: int | None
) -> list[Finding]:
    """What a household breaks as it is now, by the conditions of a run. Raises NoSuchHousehold (404)."""
    division = await queries.division_of(session, household_id)
    if division is None:
        raise NoSuchHousehold(field="household_id")
    today = await clock.today(session)
    year = data_year or today.year
    task = Task(list(catalogue.in_force(year).values()), today, *prefix_range(division))
    using = await county_thresholds(session, task, min(today, date(year, 12, 31)))
    audit.read(session, "household", household_id, division)
    return [worded(one) for one in await of_household(session, keys, task, using, household_id)]


async def rules_in_force(session: AsyncSession, division: str | None, data_year: int | None) -> list[RuleRow]:
    """The rules in force for a data year, with their thresholds in a division today."""
    today = await clock.today(session)
    some = list(catalogue.in_force(data_year or today.year).values())
    using = await thresholds(session, some, division or caller_of(session).division, today)
    rows = []
    for rule in some:
        parsed = parse(rule)
        stated = {name: using[name].stated for name in parsed.thresholds}
        said = rule.model_dump(exclude={"when", "version"})
        rows.append(RuleRow(**said, condition=rule.when, evidence=list(parsed.columns), thresholds=stated))
    return rows


async def page(session: AsyncSession, found: list[Found], limit: int) -> paging.Page[Finding]:
    """A page of findings, and on record whom they show."""
    await note_viewers(session, "read", [(one.household_id, one.division) for one in found[:limit]])
    page = paging.page(found, limit, lambda last: last.place)
    return paging.Page(items=[worded(one) for one in page.items], next=page.next)


def worded(found: Found) -> Finding:
    """A finding with the words of its rule; of a rule that is gone, its id."""
    rule = catalogue.rules().get(found.rule)
    zh, en = catalogue.named(found.rule)
    return Finding(
        rule=found.rule,
        severity=rule.severity if rule else "notice",
        zh=zh,
        en=en,
        division=found.division,
        household_id=found.household_id,
        version=found.version,
        person_id=found.person_id,
        evidence=found.evidence,
    )


async def raise_findings(session: AsyncSession, id: UUID, rules: list[str]) -> UUID:
    """Have the findings of some rules raised as doubts by a job. Raises NoSuchCheck (404), NoSuchRule (422)."""
    division = (await find(session, id)).division
    if unknown := [one for one in rules if one not in catalogue.rules()]:
        raise NoSuchRule(field="rules", rule="a known rule", rules=tuple(map(Name, unknown)))
    job, wanted = uuid7(), sorted(set(rules))
    args = {"check_id": str(id), "rules": wanted}
    await jobs.enqueue(session, "data_check_doubts", args, division=division, id=job)
    audit.record(session, "data_check.doubts", "data_check", id, division, after={"rules": wanted})
    return job
