"""Post a notice: choose its columns, freeze its rows, say until when it hangs."""

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.database.session import caller_of
from shared.notices import rules
from shared.notices.columns import cells, permitted, shown_name
from shared.notices.records import Bodies, Headed, Posting, Shown, Wording
from shared.security import audit
from shared.time import clock

_POST = text("""
    INSERT INTO notice (id, division, kind, title, title_en, opening, opening_en, issuer, columns, rows, case_ids,
        subjects, starts_on, ends_on, place, photos, line, policies, posted_by)
    VALUES (:id, :division, :kind, :title, :title_en, :opening, :opening_en, :issuer, :columns, CAST(:rows AS jsonb),
        :case_ids, :subjects, :starts_on, :ends_on, :place, :photos, :line, CAST(:policies AS jsonb), :actor)
""")


_HANGING = text("""
    SELECT n.id, n.division, n.columns, n.rows, n.subjects, n.corrections FROM notice n
    WHERE n.division = ANY(:divisions) AND n.subjects && CAST(:ids AS uuid[])
        AND n.ends_on > business_today() AND n.taken_down_on IS NULL
    ORDER BY n.id FOR UPDATE
""")
_CORRECT = text("""
    UPDATE notice SET corrections = CAST(:corrections AS jsonb), version = version + 1 WHERE id = :id
""")


async def post(session: AsyncSession, posting: Posting, places: Mapping[str, str]) -> None:
    """Write the notice. ``places`` names its village, town and county in full.

    Raises a column problem: nothing that may not be shown is ever stored as a notice's row.
    """
    today, division = await clock.today(session), posting.division
    kind = await policy.resolve(session, f"notice.{posting.kind}", division, today)
    columns = permitted(posting.columns if posting.columns is not None else kind.read(Shown)["columns"])
    minor = await policy.resolve(session, "notice.minor_age", division, today)
    line = await policy.resolve(session, "notice.supervision_line", division, today)
    bodies = await policy.resolve(session, "notice.issuers", division, today)
    village = rules.place("village", division, places)
    rows = []
    for number, entry in enumerate(posting.entries, 1):
        name = shown_name(entry.name, entry.born, today, minor.number())
        rows.append(
            cells(columns, {**entry.facts, "order": str(number), "head_name": name, "village": village["zh"]})
        )
    standing = rules.filled(columns, rows)
    title, opening = rules.title(posting, village), rules.opening(posting, village)
    used = [*posting.policies, kind.reference(), minor.reference(), line.reference(), bodies.reference()]
    await session.execute(
        _POST,
        {
            "id": posting.id,
            "division": division,
            "kind": posting.kind,
            "title": title["zh"],
            "title_en": title["en"],
            "opening": opening["zh"],
            "opening_en": opening["en"],
            "issuer": rules.issuer(posting.issuer, division, places, bodies.read(Bodies)),
            "columns": [columns[at] for at in standing],
            "rows": json.dumps([[row[at] for at in standing] for row in rows], ensure_ascii=False),
            "case_ids": list(posting.case_ids),
            "subjects": [entry.subject for entry in posting.entries],
            "starts_on": today,
            "ends_on": posting.ends_on,
            "place": posting.place,
            "photos": list(posting.photos),
            "line": line.text(),
            "policies": json.dumps(used),
            "actor": caller_of(session).subject,
        },
    )
    about = {"kind": posting.kind, "columns": columns, "rows": len(rows), "ends_on": posting.ends_on.isoformat()}
    audit.record(session, "notice.posted", "notice", posting.id, division, after=about)


async def correct_heads(session: AsyncSession, heads: Sequence[Headed]) -> None:
    """What hangs and names another head than a household has by now says so from now on: its rows stay as posted, and
    a correction stands below them.
    """
    now = {one.id: one for one in heads}
    bound = {"divisions": sorted({one.division for one in heads}), "ids": list(now)}
    today = await clock.today(session)
    for row in (await session.execute(_HANGING, bound)).all() if now else ():
        minor = (await policy.resolve(session, "notice.minor_age", row.division, today)).number()
        names = {id: shown_name(one.name, one.born, today, minor) for id, one in now.items()}
        fresh = rules.corrections(row.columns, row.rows, row.subjects, row.corrections, names, today)
        if fresh:
            said = json.dumps([*row.corrections, *fresh], ensure_ascii=False)
            await session.execute(_CORRECT, {"id": row.id, "corrections": said})
            rows = [one["row"] for one in fresh]
            audit.record(session, "notice.corrected", "notice", row.id, row.division, after={"rows": rows})


async def wording(session: AsyncSession, kind: str, division: str) -> Wording:
    """How notices of a kind of procedure, or of a list, are worded in a division today."""
    today = await clock.today(session)
    return (await policy.resolve(session, f"notice.words.{kind}", division, today)).read(Wording)


def reaching(division: str) -> list[str]:
    """A village with its town and county: the places whose bodies may sign its notices."""
    return [division, division[:9], division[:6]]
