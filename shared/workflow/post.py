"""The notice, or the announcement, of cases of one village that hang together."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.names.ids import uuid7
from shared.notices import post as notices
from shared.notices.records import Entry, Posting, Said
from shared.notices.rules import ANNOUNCEMENT
from shared.time.workdays import Span
from shared.workflow import case as moves
from shared.workflow import jobs
from shared.workflow.case import Case
from shared.workflow.kinds import Procedures


async def post(
    session: AsyncSession,
    procedures: Procedures,
    cases: Sequence[Case],
    place: str,
    photos: Sequence[str],
    today: date,
) -> None:
    """Post the present step's notice of cases that share village and kind, and wake up when it has run out."""
    first, notice_id = cases[0], uuid7()
    step, words = first.step, await notices.wording(session, first.kind, first.division)
    assert step is not None
    for case in cases:
        moves.put_on_notice(case, notice_id, today)
    until = {case.notice_until for case in cases if case.notice_until}
    posting = Posting(
        id=notice_id,
        kind="case",
        division=first.division,
        matter=words["listed"],
        basis=words["basis"],
        after=_before(first, first.position),
        place=place,
        ends_on=max(until),
        entries=await _entries(session, procedures, cases, words["conclusion"]["zh"]),
        issuer=step.issuer or "village",
        photos=photos,
        case_ids=[case.id for case in cases],
        policies=list(first.policies),
    )
    await notices.post(session, posting, await _places(session, procedures, first.division))
    for day in until:
        await jobs.remind(session, first.division, day)


async def announce(
    session: AsyncSession,
    procedures: Procedures,
    cases: Sequence[Case],
    place: str,
    photos: Sequence[str],
    today: date,
) -> None:
    """Announce what was decided on cases that share village and kind, as a document of its own 公告."""
    first = cases[0]
    at, words = first.fresh[-1].position, await notices.wording(session, first.kind, first.division)
    hangs = await policy.resolve(session, f"notice.{ANNOUNCEMENT}", first.division, today)
    posting = Posting(
        id=uuid7(),
        kind=ANNOUNCEMENT,
        division=first.division,
        matter=words.get("announced", words["listed"]),
        basis=words["basis"],
        after=_before(first, at),
        place=place,
        ends_on=hangs.read(Span).after(today),
        entries=await _entries(session, procedures, cases, words.get("decided", words["conclusion"])["zh"]),
        issuer=first.steps[at].issuer or "county",
        photos=photos,
        case_ids=[case.id for case in cases],
        policies=list(first.policies),
    )
    await notices.post(session, posting, await _places(session, procedures, first.division))


async def _places(session: AsyncSession, procedures: Procedures, division: str) -> dict[str, str]:
    return dict(await procedures.around.place_names(session, notices.reaching(division)))


def _before(case: Case, position: int) -> list[Said]:
    """The steps that were done before the one at a position."""
    return [{"zh": step.zh, "en": step.en} for step in case.steps[:position]]


async def _entries(
    session: AsyncSession, procedures: Procedures, cases: Sequence[Case], conclusion: str
) -> list[Entry]:
    matter = procedures.kind(cases[0].kind).words.matter
    groups = await procedures.around.groups(session, [case.subject.id for case in cases])
    return [
        Entry(
            case.subject.name,
            case.subject.born,
            {
                "group": groups.get(case.subject.id) or _stated(case),
                "size": str(case.subject.size) if case.subject.size is not None else "",
                "category": case.subject.category,
                "procedure": matter,
                "conclusion": conclusion,
                "result": conclusion,
            },
            case.subject.id,
        )
        for case in cases
    ]


def _stated(case: Case) -> str:
    """The group 村民组 of a household that is not on the register yet, as its case states it."""
    group = case.facts.get("group")
    return group if isinstance(group, str) else ""
