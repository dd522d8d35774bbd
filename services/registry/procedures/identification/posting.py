"""The notice of cases of one village that hang together."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.procedures.identification import file as moves
from services.registry.procedures.identification import timers
from services.registry.procedures.identification.file import File
from services.registry.procedures.identification.procedure import WORDS
from services.registry.procedures.notices import posting
from services.registry.procedures.notices.posting import Entry, Posting
from shared.names.ids import uuid7


async def post(session: AsyncSession, files: Sequence[File], place: str, photos: Sequence[str], today: date) -> None:
    """Post the present step's notice of cases that share village and procedure, and wake up when it has run out."""
    first, notice_id = files[0], uuid7()
    step = first.step
    assert step is not None
    matter, conclusion, _ = WORDS[first.procedure_name]
    groups = await posting.groups(session, [file.household_id for file in files])
    for file in files:
        moves.put_on_notice(file, notice_id, today)
    await posting.post(
        session,
        Posting(
            id=notice_id,
            kind="case",
            division=first.division,
            title=f"{matter}{step.zh}",
            place=place,
            ends_on=max(file.notice_until for file in files if file.notice_until),
            entries=[
                Entry(
                    file.about.head_name,
                    file.about.head_born,
                    {
                        "group": groups[file.household_id],
                        "number": "",
                        "size": file.about.size,
                        "category": file.about.category,
                        "procedure": matter,
                        "conclusion": conclusion,
                    },
                )
                for file in files
            ],
            photos=photos,
            case_ids=[file.id for file in files],
            policies=list(first.policies),
        ),
    )
    for until in {file.notice_until for file in files if file.notice_until}:
        await timers.remind(session, first.division, until)
