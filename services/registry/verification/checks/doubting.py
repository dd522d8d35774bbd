"""Findings of chosen rules become doubts 疑点: people look at them, and a verdict says whether the rule was right."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.checks import catalogue, results
from services.registry.verification.checks.catalogue import Rule
from services.registry.verification.checks.service import NoSuchRule, division_of
from services.registry.verification.doubts.raising import Found, Severity, raise_doubts
from shared import jobs
from shared.jobs import Job, Progress
from shared.names.ids import uuid7
from shared.security import audit

_BATCH = 2000
_SEVERITY: dict[str, Severity] = {"error": "serious", "doubt": "warning", "notice": "notice"}


async def start(session: AsyncSession, run_id: UUID, rules: list[str]) -> UUID:
    """Enqueue the job that raises the doubts. Raises NoSuchRun (404), NoSuchRule (422)."""
    division = await division_of(session, run_id)
    if unknown := [id for id in rules if id not in catalogue.rules()]:
        raise NoSuchRule(field="rules", rule="a known rule", rules=", ".join(unknown))
    id = uuid7()
    args = {"run_id": str(run_id), "rules": sorted(set(rules))}
    await jobs.enqueue(session, "audit_doubts", args, division=division, id=id)
    audit.record(session, "audit.doubts", "audit_run", run_id, division, after={"rules": sorted(set(rules))})
    return id


async def step(session: AsyncSession, job: Job) -> Progress:
    """Some thousand findings of one rule; what is a doubt already, or was settled, is not raised again."""
    rules: list[str] = job.args["rules"]
    at, raised = job.state.get("rule", 0), job.state.get("raised", 0)
    if at >= len(rules):
        return Progress({}, done=job.done, finished=True, result={"raised": raised})
    run_id = UUID(job.args["run_id"])
    rule = catalogue.rules()[rules[at]]
    rows = await results.findings(session, run_id, job.division, job.state.get("after"), _BATCH, rule=rule.id)
    raised += await raise_doubts(session, [_found(rule, row) for row in rows])
    full = len(rows) == _BATCH
    state = {"rule": at, "after": results.place(rows[-1])} if full else {"rule": at + 1}
    return Progress(state | {"raised": raised}, done=job.done + len(rows))


def _found(rule: Rule, row: Any) -> Found:
    return Found(
        rule=rule.id,
        rule_version=rule.version,
        division=row.division,
        evidence=row.evidence,
        severity=_SEVERITY[rule.severity],
        household_id=row.household_id,
        person_id=row.person_id,
    )
