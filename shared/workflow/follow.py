"""Open cases go along when their subjects, or the divisions that they were opened in, come to lie elsewhere, and
lapse when what they are about has ended.

What was recorded in a case goes with it, and so do the notices that it hangs on and the objections to them; what is
closed stays where it was decided. No day changes: a deadline is the deadline it was. A case that leaves the office in
whose batch it stands leaves the batch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.rows import typed
from shared.database.session import caller_of
from shared.security import audit
from shared.time import clock
from shared.workflow import case as moves
from shared.workflow import jobs, queries, store
from shared.workflow.case import Reason
from shared.workflow.kinds import Procedures


@dataclass(frozen=True, slots=True)
class OpenCase:
    """An open case, as far as it matters whether it still makes sense."""

    id: UUID
    procedure: str
    subject_id: UUID


@dataclass(frozen=True, slots=True)
class LapsedCase:
    """A case that has lapsed; ``another`` is open about the same subject since."""

    id: UUID
    procedure: str
    subject_id: UUID
    another: bool


async def follow(session: AsyncSession, into: Mapping[UUID, str]) -> int:
    """Open cases of subjects (by id) go to the division in which each now lies. Answers how many went.

    For the projection of households, and for whatever moves subjects of a register.
    """
    if not into:
        return 0
    moved = (await session.execute(queries.FOLLOW, {"subjects": list(into), "to": list(into.values())})).all()
    ids = [row.id for row in moved]
    if not ids:
        return 0
    await session.execute(queries.NOTICES_FOLLOW_CASES, {"ids": ids})
    for row in moved:
        before, after = {"division": row.before}, {"division": row.after}
        audit.record(session, "case.moved", "case", row.id, row.after, before=before, after=after)
    await jobs.publish_moved(session, moved[0].after, ids)
    return len(ids)


async def follow_cases(session: AsyncSession, into: Mapping[UUID, str]) -> int:
    """Open cases (by their own ids) go to a division each: those whose subjects no register knows."""
    found = await session.execute(queries.SUBJECTS_OF, {"ids": list(into)})
    return await follow(session, {row.subject_id: into[row.id] for row in found})


async def follow_divisions(session: AsyncSession, into: Mapping[str, str]) -> int:
    """Divisions (by code) have become others as a whole: everything that is open in them goes along, also cases of
    subjects that no register knows yet, batches, and notices that hang. Answers how many cases went.
    """
    if not into:
        return 0
    bound = {"from": list(into), "to": list(into.values())}
    await session.execute(queries.OFFICES_FOLLOW, bound)
    await session.execute(queries.BATCHES_FOLLOW, bound)
    subjects = await session.execute(queries.SUBJECTS_IN, {"codes": list(into)})
    moved = await follow(session, {row.subject_id: into[row.division] for row in subjects})
    await session.execute(queries.NOTICES_FOLLOW, bound)
    return moved


async def open_of(session: AsyncSession, subjects: Iterable[UUID]) -> list[OpenCase]:
    """The open cases of subjects, by id."""
    found = await session.execute(queries.OPEN_OF, {"subjects": sorted(set(subjects))})
    return [OpenCase(*row) for row in found]


async def subjects_follow(session: AsyncSession, now: Mapping[UUID, tuple[str, date, int]]) -> None:
    """Open cases of subjects (by id) are about them by the name, birth date and size that they have by now."""
    if not now:
        return
    names, born, sizes = zip(*now.values(), strict=True)
    bound = {"ids": list(now), "names": list(names), "born": list(born), "sizes": list(sizes)}
    for row in await session.execute(queries.SUBJECTS_FOLLOW, bound):
        audit.record(session, "case.subject_changed", "case", row.id, row.division, after={"size": row.size})


async def lapse(session: AsyncSession, procedures: Procedures, reasons: Mapping[UUID, Reason]) -> None:
    """End open cases (by id) whose subject has ended, each with its reason: nobody has to act on them any more, and
    what hangs of them alone is taken down.
    """
    if not reasons:
        return
    today, actor = await clock.today(session), caller_of(session).subject
    cases = await store.lock(session, reasons)
    for id, case in cases.items():
        moves.lapse(case, reasons[id], today, actor)
    await store.save(session, procedures, cases.values())


async def lapsed_by(session: AsyncSession, subjects: Iterable[UUID], causes: Iterable[UUID]) -> list[LapsedCase]:
    """The cases of subjects that have lapsed because of some changes elsewhere, by id."""
    bound = {"subjects": sorted(set(subjects)), "causes": [str(id) for id in causes]}
    found = await session.execute(queries.LAPSED_BY, bound)
    return typed(LapsedCase, found)


async def reopen(session: AsyncSession, procedures: Procedures, reasons: Mapping[UUID, Reason]) -> None:
    """Cases (by id) that had lapsed go on, each for its reason."""
    if not reasons:
        return
    today = await clock.today(session)
    cases = await store.lock(session, reasons)
    for id, case in cases.items():
        moves.reopen(case, reasons[id], today)
    await store.save(session, procedures, cases.values())
