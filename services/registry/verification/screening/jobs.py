"""A run of rules over a division: one rule a step, so that it can be watched and resumed."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.service import raise_doubts
from services.registry.verification.screening import queries
from services.registry.verification.screening.match import find
from services.registry.verification.screening.policies import in_force
from services.registry.verification.screening.records import Scope
from shared.jobs import Job, Progress
from shared.time import clock


async def screen(session: AsyncSession, job: Job) -> Progress:
    """Run the next rule. A rule that is no longer in force is left out."""
    run, today = await queries.run(session, job.id), await clock.today(session)
    scope = Scope(run.division, today, await in_force(session, run.division, today))
    if job.done < len(run.rules) and (rule := scope.known.rules.get(run.rules[job.done])):
        found = await find(session, rule, scope)
        await queries.note_result(session, run.id, rule.id, len(found), await raise_doubts(session, found))
    done, total = min(job.done + 1, len(run.rules)), len(run.rules)
    return Progress({}, done=done, total=total, finished=done == total, result={"screening": str(run.id)})
