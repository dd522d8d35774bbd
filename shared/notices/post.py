"""Post a notice: choose its columns, freeze its rows, say until when it hangs."""

import json
from collections.abc import Mapping

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared import policy
from shared.database.session import caller_of
from shared.notices.columns import cells, permitted, shown_name
from shared.notices.records import Issuer, Posting, Shown
from shared.security import audit
from shared.time import clock

_POST = text("""
    INSERT INTO notice (id, division, kind, title, opening, issuer, columns, rows, case_ids, starts_on, ends_on,
        place, photos, line, policies, posted_by)
    VALUES (:id, :division, :kind, :title, :opening, :issuer, :columns, CAST(:rows AS jsonb), :case_ids, :starts_on,
        :ends_on, :place, :photos, :line, CAST(:policies AS jsonb), :actor)
""")
ANNOUNCEMENT = "announcement"
# What is called so on the spot, where its name is not known (yet).
_HERE, _THIS_TOWN = "本村", "本乡镇"


async def post(session: AsyncSession, posting: Posting, places: Mapping[str, str]) -> None:
    """Write the notice. ``places`` names its village and town in full.

    Raises a column problem: nothing that may not be shown is ever stored as a notice's row.
    """
    today, division = await clock.today(session), posting.division
    kind = await policy.resolve(session, f"notice.{posting.kind}", division, today)
    columns = permitted(posting.columns if posting.columns is not None else kind.read(Shown)["columns"])
    minor = await policy.resolve(session, "notice.minor_age", division, today)
    line = await policy.resolve(session, "notice.supervision_line", division, today)
    village = places.get(division, _HERE)
    rows = []
    for number, entry in enumerate(posting.entries, 1):
        name = shown_name(entry.name, entry.born, today, minor.number())
        rows.append(cells(columns, {**entry.facts, "order": str(number), "head_name": name, "village": village}))
    used = [*posting.policies, kind.reference(), minor.reference(), line.reference()]
    await session.execute(
        _POST,
        {
            "id": posting.id,
            "division": division,
            "kind": posting.kind,
            "title": title(posting, village),
            "opening": opening(posting, village),
            "issuer": issuer(posting.issuer, division, places),
            "columns": columns,
            "rows": json.dumps(rows, ensure_ascii=False),
            "case_ids": list(posting.case_ids),
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


def title(posting: Posting, village: str) -> str:
    """关于某村某事的公示; what a town has examined says so, what is decided is announced."""
    if posting.kind == ANNOUNCEMENT:
        return f"关于{village}{posting.matter}的公告"
    return f"关于{village}{posting.matter}的{'乡镇审核公示' if posting.issuer == 'town' else '公示'}"


def opening(posting: Posting, village: str) -> str:
    """The sentence that says on what ground and what is made public."""
    verb = "公告如下" if posting.kind == ANNOUNCEMENT else "予以公示，接受群众监督"
    return f"{posting.basis}，现将{village}{posting.matter}（共{len(posting.entries)}{posting.unit}）{verb}。"


def issuer(of: Issuer, division: str, places: Mapping[str, str]) -> str:
    """Who signs the notice, in full."""
    if of == "town":
        return f"{places.get(division[:9], _THIS_TOWN)}人民政府"
    return f"{places.get(division, _HERE)}村民委员会"
