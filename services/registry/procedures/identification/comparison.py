"""What the comparison with departments' data 部门比对 means, by the grounds of exclusion in force in the village."""

from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.screening.policies import in_force
from services.registry.verification.screening.records import Ground
from shared.problems import Invalid, Problem
from shared.words import Word
from shared.workflow.case import Reason
from shared.workflow.kinds import Judged, Made
from shared.workflow.procedure import Step
from shared.workflow.records import Comparison


class GroundUnknown(Invalid):
    slug, zh = "ground-unknown", "本地没有这一排除情形，可选：{allowed}"
    en = "There is no such ground of exclusion here; there are: {allowed}"
    allowed: tuple[Word, ...]


async def judge(session: AsyncSession, made: Sequence[Made], today: date) -> Mapping[UUID, Judged]:
    """A finding that holds speaks against taking a household in, and for clearing it out."""
    villages = sorted({one.case.division for one in made})
    known = {village: await in_force(session, village, today) for village in villages}
    judged = {}
    for one in made:
        record, here = one.record, known[one.case.division]
        assert isinstance(record, Comparison)
        try:
            reason = _reason(one.step, record, here.grounds, clearing_out=one.case.kind == "removal")
        except Problem as problem:
            judged[one.case.id] = Judged(problem=problem)
            continue
        judged[one.case.id] = Judged([reason] if reason else [], [here.grounds_policy.reference()])
    return judged


def _reason(step: Step, record: Comparison, grounds: Mapping[str, Ground], *, clearing_out: bool) -> Reason | None:
    """The grounds that hold, in words, where they speak against the case. Raises GroundUnknown."""
    for position, finding in enumerate(record.findings):
        if finding.ground not in grounds:
            allowed = tuple(Word(code, one.zh, one.en) for code, one in grounds.items())
            raise GroundUnknown(
                field=f"record.findings[{position}].ground", rule="screening.grounds", allowed=allowed
            )
    holding = [grounds[finding.ground] for finding in record.findings if finding.holds]
    if clearing_out or not holding:
        return None
    zh, en = "；".join(ground.zh for ground in holding), "; ".join(ground.en for ground in holding)
    return {"code": step.step, "zh": f"部门比对发现排除情形：{zh}", "en": f"grounds of exclusion hold: {en}"}
