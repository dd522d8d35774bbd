"""What waits in the procedures of a service: steps that are due, and objections that nobody has answered."""

from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from shared.tasks.records import Asked, Subject, Task, TaskSource
from shared.workflow import queries
from shared.workflow.kinds import Procedures

# Who answers objections, as the row of that call in the access matrix says.
_ANSWERING = {"town_cadre", "county_office", "county_leader"}


def sources(procedures: Procedures) -> Mapping[str, TaskSource]:
    """The tasks of a service with procedures, by kind."""

    async def cases(session: AsyncSession, asked: Asked) -> list[Task]:
        """Steps that are due: not those of a notice that hangs, nor of a case that an objection stops.

        What is the caller's is what their role and level may record, or their post sign, and where somebody decides
        or pays, what they had no part in.
        """
        return [
            Task(
                id=row.id,
                kind="case",
                subject=Subject(row.subject_kind, row.subject_id),
                division=row.division,
                level=row.level,
                due_on=row.due_on,
                zh=f"{procedures.kind(row.procedure).words.matter}：待办理{row.now['zh']}",
                en=f"{procedures.kind(row.procedure).words.en}: {row.now['en']} is to be done",
                path=f"/cases/{row.id}",
            )
            for row in await session.execute(queries.DUE, _asked(asked) | {"filled": await _filled(session, asked)})
        ]

    async def _filled(session: AsyncSession, asked: Asked) -> list[str]:
        """The posts that are held in the villages where the caller holds one: nobody stands in for them."""
        villages = sorted({post.division for post in asked.posts})
        held = {village: await procedures.posts(session, village, asked.today) for village in villages}
        return [f"{village} {post}" for village, posts in held.items() for post in posts]

    return {"case": cases, "objection": _objections}


async def _objections(session: AsyncSession, asked: Asked) -> list[Task]:
    """Objections without an answer; what is the caller's is about matters in which they had no part."""
    if not asked.wants("town", _ANSWERING):
        return []
    return [
        Task(
            id=row.id,
            kind="objection",
            subject=Subject("notice", row.notice_id),
            division=row.division,
            level="town",
            due_on=row.due_on,
            zh=f"异议待答复：{row.title}",
            en="an objection to a notice waits for an answer",
            path=f"/notices/{row.notice_id}/objections",
        )
        for row in await session.execute(queries.UNANSWERED, _asked(asked))
    ]


def _asked(asked: Asked) -> dict[str, object]:
    return asked.place() | {
        "level": asked.level,
        "mine": asked.mine,
        "levels": asked.levels,
        "roles": sorted(asked.caller.roles),
        "me": asked.caller.subject.strip().casefold(),
        "posts": [f"{post.division} {post.post}" for post in asked.posts],
    }
