"""The steps of a data check: village after village, some thousand households at a time, county by county; and of
having its findings looked at by people.
"""

from pydantic import TypeAdapter
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.checks import catalogue, queries
from services.registry.verification.checks.records import DoubtsStage, Found, Rule, Task
from services.registry.verification.checks.search import county_thresholds, search
from services.registry.verification.doubts.records import Found as FoundDoubt
from services.registry.verification.doubts.records import Severity
from services.registry.verification.doubts.service import raise_doubts
from shared.database.session import keys_of
from shared.jobs import Job, Progress

HOUSEHOLDS, FINDINGS = 20_000, 2_000  # in one step
_SEVERITY: dict[str, Severity] = {"error": "serious", "doubt": "warning", "notice": "notice"}
_STAGE = TypeAdapter(DoubtsStage)


async def check(session: AsyncSession, job: Job) -> Progress:
    """One stretch; the job's state is the village that was looked at last."""
    run = await queries.get(session, job.id)
    assert run
    total = job.total if job.total is not None else await queries.households_in(session, run.division)
    villages = await queries.stretch(session, run.division, job.after, HOUSEHOLDS)
    if villages is None:
        return Progress({}, done=run.households, total=total, finished=True, result={"data_check": str(run.id)})
    known = catalogue.rules()
    task = Task([known[id] for id in run.rules if id in known], run.as_of, *villages)
    using = await county_thresholds(session, task, run.day)
    await search(session, keys_of(session), task, using, run.id)
    after = await queries.get(session, run.id)
    assert after
    return Progress({"after": task.high}, done=after.households, total=total)


async def raise_findings(session: AsyncSession, job: Job) -> Progress:
    """Some thousand findings of one rule become doubts 疑点, so that a verdict says whether the rule was right.

    What is a doubt already, or was settled, is not raised again.
    """
    rules = job.texts_of("rules")
    stage = _STAGE.validate_python(job.state)
    if stage.rule >= len(rules):
        return Progress({}, done=job.done, finished=True, result={"raised": stage.raised})
    rule, check_id = catalogue.rules()[rules[stage.rule]], job.id_of("check_id")
    found = await queries.findings(session, check_id, job.division, stage.after, FINDINGS, rule=rule.id)
    raised = stage.raised + await raise_doubts(session, [_doubt(rule, one) for one in found])
    full = len(found) == FINDINGS
    after = DoubtsStage(stage.rule, found[-1].place, raised) if full else DoubtsStage(stage.rule + 1, None, raised)
    return Progress(after.to_json(), done=job.done + len(found))


def _doubt(rule: Rule, found: Found) -> FoundDoubt:
    return FoundDoubt(
        rule=rule.id,
        rule_version=rule.version,
        division=found.division,
        evidence=found.evidence,
        severity=_SEVERITY[rule.severity],
        household_id=found.household_id,
        person_id=found.person_id,
    )
