"""Start an audit, look at one household, and have findings looked at by people."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.checks import catalogue, running, stretches, thresholds
from services.registry.verification.checks.catalogue import Rule
from services.registry.verification.checks.schemas import Finding, RuleRow, RunIn
from services.registry.verification.checks.stretches import Task
from shared import jobs
from shared.database.session import caller_of
from shared.households.queries import NoSuchHousehold
from shared.problems import Conflict, Invalid, NotFound
from shared.security import audit
from shared.security.access import DivisionForbidden
from shared.security.crypto import KeyRing
from shared.time import clock

_START = text("""
    INSERT INTO audit_run (id, division, data_year, as_of, rule_set, rules, recorded_by)
    VALUES (:id, :division, :data_year, :as_of, :rule_set, :rules, :actor) ON CONFLICT DO NOTHING RETURNING id
""")
_HOUSEHOLD = text("SELECT division FROM household WHERE id = :id")
_RUN = text("SELECT division FROM audit_run WHERE id = :id")


class NoSuchRule(Invalid):
    slug, zh, en = "no-such-rule", "该数据年度没有核查规则{rules}", "No rule {rules} is in force for this data year"


class NoSuchRun(NotFound):
    slug, zh, en = "no-such-audit-run", "没有这次核查", "There is no such audit run"


class RunExists(Conflict):
    slug, zh, en = "audit-run-exists", "此编号已用于另一次核查", "This id was used for another audit run"


async def start(session: AsyncSession, body: RunIn) -> None:
    """Record a run and enqueue its job. Raises 403, 409 and 422 problems."""
    caller = caller_of(session)
    if not caller.covers(body.division):
        raise DivisionForbidden(field="division")
    today = await clock.today(session)
    year = body.data_year or today.year
    if year > today.year:
        raise Invalid(field="data_year", rule="not in the future")
    chosen = _chosen(body, year)
    day = running.day_of(year, today)
    await thresholds.resolve(session, chosen, body.division, day)  # refused now rather than in the job
    values = {
        "id": body.id,
        "division": body.division,
        "data_year": year,
        "as_of": today,
        "rule_set": catalogue.version(),
        "rules": [rule.id for rule in chosen],
        "actor": caller.subject,
    }
    if (await session.execute(_START, values)).scalar() is None:
        raise RunExists(field="id", rule="one id, one run")
    await jobs.enqueue(session, "audit", {"run_id": str(body.id)}, division=body.division, id=body.id)
    after = {"data_year": year, "rules": len(chosen), "rule_set": catalogue.version()}
    audit.record(session, "audit.started", "audit_run", body.id, body.division, after=after)


def _chosen(body: RunIn, year: int) -> list[Rule]:
    in_force = {rule.id: rule for rule in catalogue.rules().values() if rule.in_force(year)}
    if unknown := [id for id in body.rules if id not in in_force]:
        raise NoSuchRule(field="rules", rule="a rule in force", rules=", ".join(unknown))
    asked = set(body.rules)
    some = [
        rule
        for rule in in_force.values()
        if (not asked or rule.id in asked) and (not body.groups or rule.group in body.groups)
    ]
    if not some:
        raise NoSuchRule(field="groups", rule="a rule in force", rules=", ".join(body.groups))
    return some


async def of_household(
    session: AsyncSession, keys: KeyRing, household_id: UUID, data_year: int | None
) -> list[Finding]:
    """What a household breaks as it is now, by the conditions of a run. Raises NoSuchHousehold (404)."""
    division: str | None = (await session.execute(_HOUSEHOLD, {"id": household_id})).scalar()
    if division is None:
        raise NoSuchHousehold(field="household_id")
    today = await clock.today(session)
    year = data_year or today.year
    some = [rule for rule in catalogue.rules().values() if rule.in_force(year)]
    task = Task(some, today, division, division + ":")
    using = await stretches.county_thresholds(session, task, running.day_of(year, today))
    audit.read(session, "household", household_id, division)
    return [worded(row) for row in await stretches.of_household(session, keys, task, using, household_id)]


async def listed(session: AsyncSession, division: str, year: int, day: date) -> list[RuleRow]:
    """The rules in force for a data year, with their thresholds in a division."""
    some = [rule for rule in catalogue.rules().values() if rule.in_force(year)]
    using = await thresholds.resolve(session, some, division, day)
    rows = []
    for rule in some:
        parsed = catalogue.parse(rule)
        stated = {name: using[name].stated for name in parsed.thresholds}
        said = rule.model_dump(exclude={"when", "version"})
        rows.append(RuleRow(**said, condition=rule.when, evidence=list(parsed.columns), thresholds=stated))
    return rows


async def division_of(session: AsyncSession, run_id: UUID) -> str:
    """Where a run was made. Raises NoSuchRun (404)."""
    division: str | None = (await session.execute(_RUN, {"id": run_id})).scalar()
    if division is None:
        raise NoSuchRun(field="run_id")
    return division


def worded(row: Any) -> Finding:
    """A finding with the words of its rule; of a rule that is gone, its id."""
    rule = catalogue.rules().get(row.rule)
    return Finding(
        rule=row.rule,
        severity=rule.severity if rule else "notice",
        zh=catalogue.named(row.rule)[0],
        en=catalogue.named(row.rule)[1],
        division=row.division,
        household_id=row.household_id,
        version=row.version,
        person_id=row.person_id,
        evidence=row.evidence,
    )
