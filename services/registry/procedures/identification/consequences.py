"""Open cases go along when their household, or the division that they were opened in, comes to lie elsewhere, and
lapse when the household is no longer what they are about; where that was a mistake, they go on.
"""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification.kinds import PROCEDURES
from services.registry.procedures.identification.subjects import OUTCOMES
from services.registry.register.changes.consequences import Consequence, GivesBack, Returning, elsewhere
from services.registry.register.changes.records import Applied
from services.registry.register.codes import named
from services.registry.register.divisions.consequences import DivisionConsequence, SplitConsequence
from services.registry.register.divisions.records import Became, Unassigned
from shared.notices.post import correct_heads
from shared.notices.records import Headed
from shared.workflow.case import Reason
from shared.workflow.follow import (
    follow,
    follow_cases,
    follow_divisions,
    lapse,
    lapsed_by,
    open_of,
    reopen,
    subjects_follow,
)


async def follow_households(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """Cases go where their households now are."""
    await follow(session, {one.household_id: one.now.division for one in elsewhere(changes)})


_STANDS = {
    "registered": ("已在册", "on the register"),
    "exited": ("已脱贫", "out of poverty"),
    "removed": ("已不在册", "no longer on the register"),
}


async def lapse_cases(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """A household that was removed, merged or died out, or left or entered the register in another way, cannot be
    decided about any more: its case ends with that for its reason. A case's own decision bears the id of the case.
    """
    other = {one.household_id: one for one in changes if one.was and one.was.status != one.now.status}
    if not other:
        return
    reasons: dict[UUID, Reason] = {}
    for case in await open_of(session, other):
        change = other[case.subject_id]
        if case.id != change.change.id and change.now.status not in OUTCOMES.get(case.procedure, ((), ""))[0]:
            (zh, en), (why, why_en) = _STANDS[change.now.status], named(change.change.reason)
            reasons[case.id] = {
                "code": "subject_ended",
                "zh": f"该户{zh}（{why}），本事项终止办理",
                "en": f"the household is {en} ({why_en}); the case ends",
                "because": str(change.change.id),
            }
    await lapse(session, PROCEDURES, reasons)


async def cases_go_on(session: AsyncSession, returning: Returning) -> None:
    """A case that ended with a change that was none goes on where it stood, unless another was opened since."""
    undone = {one.household_id: one for one in returning.undone}
    causes = [id for one in returning.undone for id in one.changes]
    reasons: dict[UUID, Reason] = {}
    for case in await lapsed_by(session, undone, causes):
        words = PROCEDURES.kind(case.procedure).words
        if undone[case.subject_id].status not in OUTCOMES.get(case.procedure, ((), ""))[0]:
            zh, en = "该户现状态不能办理此事项", "it is not for a household that stands as this one does now"
        elif case.another:
            zh, en = "其后已另行办理", "another case was opened since"
        else:
            reasons[case.id] = _REOPENED
            continue
        returning.stays.append(
            {"zh": f"“{words.matter}”事项未恢复办理：{zh}", "en": f"the case ({words.en}) does not go on: {en}"}
        )
    await reopen(session, PROCEDURES, reasons)


_REOPENED: Reason = {
    "code": "subject_returned",
    "zh": "原变动登记有误，已撤销，本事项恢复办理；须公示的重新公示",
    "en": "the change that ended it was recorded by mistake; the case goes on, and what has to hang hangs anew",
}


async def heads_follow(session: AsyncSession, ids: Collection[UUID]) -> None:
    """Open cases are about the household with the head and the size that it has by now; notices that hang are
    corrected.
    """
    found = (await session.execute(_HEADED, {"ids": sorted(ids)})).all()
    await subjects_follow(session, {row.id: (row.name, row.born, row.size) for row in found})
    await correct_heads(session, [Headed(row.id, row.division, row.name, row.born) for row in found])


_HEADED = text("""
    SELECT h.id, h.division, h.size, head.name, head.born FROM household h
    JOIN household_head head ON head.household_id = h.id WHERE h.id = ANY(:ids) ORDER BY h.id
""")


async def follow_became(session: AsyncSession, became: Became) -> None:
    """Cases, batches and notices of a division go to what it became; households that were assigned to another part
    of it take theirs along from there, and those that are not registered yet go where the split says.
    """
    if became.assigned:
        await follow_cases(session, became.assigned)
    await follow_divisions(session, became.codes)


async def name_unassigned(session: AsyncSession, split: Unassigned) -> None:
    """Open cases of households that are not on the register: nothing else says to which part of a village they go."""
    found = await session.execute(_UNREGISTERED, {"village": split.village})
    split.matters.update(found.scalars())


_UNREGISTERED = text("""
    SELECT id FROM case_file c WHERE c.division = :village AND c.status = 'open'
        AND NOT EXISTS (SELECT FROM household h WHERE h.id = c.subject_id)
""")


CONSEQUENCES: tuple[Consequence, ...] = (follow_households, lapse_cases)
DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (follow_became,)
SPLIT_CONSEQUENCES: tuple[SplitConsequence, ...] = (name_unassigned,)
UNDONE_CONSEQUENCES: tuple[GivesBack, ...] = (cases_go_on,)
HEAD_CONSEQUENCES = (heads_follow,)
