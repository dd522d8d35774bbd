"""What is missing of each household, in one reading; shares, work lists and figures are made from it."""

import json
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.seven_clear.records import CLEARS, Checked, Checklist
from shared.http.paging import Order
from shared.names.divisions import within

# What the checklist asks: items of households and members, and for each of the seven the gaps that spoil it.
_ASKED = """
    SELECT
        ARRAY(SELECT DISTINCT item FROM jsonb_each(list) AS one, jsonb_array_elements_text(one.value -> 'household') AS item)
            AS household_items,
        ARRAY(SELECT DISTINCT item FROM jsonb_each(list) AS one, jsonb_array_elements_text(one.value -> 'member') AS item)
            AS member_items,
        {gaps}
    FROM (SELECT {checklist} AS list) AS resolved
"""
_GAPS_OF = """ARRAY(
            SELECT 'household:' || item FROM jsonb_array_elements_text(list -> '{clear}' -> 'household') AS item
            UNION ALL SELECT 'member:' || item FROM jsonb_array_elements_text(list -> '{clear}' -> 'member') AS item
            UNION ALL SELECT 'record:' || item FROM jsonb_array_elements_text(list -> '{clear}' -> 'records') AS item
        ) AS {clear}"""
# A household's gaps: household:<item>, member:<item>, record:<record>. OFFSET 0: they are looked for once a household
# and not once for each of the seven; in order, so that a page stops early.
_HOUSEHOLDS = """
    SELECT h.id, h.division, h.number, h.status, asked.*,
        CASE WHEN h.facts ?& asked.household_items THEN '{{}}' ELSE ARRAY(
            SELECT 'household:' || item FROM unnest(asked.household_items) AS item WHERE NOT h.facts ? item) END
        || ARRAY(SELECT DISTINCT 'member:' || item
            FROM membership_now m CROSS JOIN unnest(asked.member_items) AS item
            WHERE m.household_id = h.id AND NOT m.facts ?& asked.member_items AND NOT m.facts ? item ORDER BY 1)
        || array_remove(ARRAY[
            CASE WHEN NOT EXISTS (SELECT FROM membership_now m WHERE m.household_id = h.id
                AND m.relation = '户主') THEN 'record:head' END,
            CASE WHEN h.main_cause = ANY({unclear}) THEN 'record:cause' END,
            CASE WHEN NOT EXISTS (SELECT FROM responsibility_now r WHERE r.household_id = h.id)
                THEN 'record:helper' END,
            CASE WHEN NOT EXISTS (SELECT FROM responsibility_now r WHERE r.division = h.division
                AND r.role = 'department' AND r.household_id IS NULL) THEN 'record:department' END,
            CASE WHEN NOT EXISTS (SELECT FROM household_measure one WHERE one.household_id = h.id)
                THEN 'record:measure' END,
            CASE WHEN NOT EXISTS (SELECT FROM household_project one WHERE one.household_id = h.id)
                THEN 'record:project' END,
            CASE WHEN NOT EXISTS (SELECT FROM household_exit_year one WHERE one.household_id = h.id)
                THEN 'record:exit_year' END], NULL) AS gaps
    FROM household h CROSS JOIN asked
    WHERE h.status IN ('registered', 'exited') AND {which} ORDER BY h.division, h.id OFFSET 0
"""


def checked(which: str, *, checklist: str, unclear: str) -> str:
    """CTEs ``asked`` and ``checked``: households with their gaps, and the gaps that spoil each of the seven."""
    asked = _ASKED.format(checklist=checklist, gaps=",\n        ".join(_GAPS_OF.format(clear=one) for one in CLEARS))
    households = _HOUSEHOLDS.format(which=which, unclear=unclear)
    return f"WITH asked AS MATERIALIZED ({asked}), checked AS NOT MATERIALIZED ({households})"


def complete(clear: str) -> str:
    """Whether one of the seven is complete."""
    return f"NOT (checked.gaps && checked.{clear})"


_BOUND = {"checklist": "CAST(:checklist AS jsonb)", "unclear": "CAST(:unclear AS text[])"}
_WITHIN = "h.division >= :low AND h.division < :high"
_AFTER = f"{_WITHIN} AND (h.division, h.id) > (:division, CAST(:id AS uuid))"
_MINE = f"""{_AFTER} AND h.id IN (SELECT r.household_id FROM responsibility_now r
    WHERE r.role = 'helper' AND r.household_id IS NOT NULL
      AND r.division >= :low AND r.division < :high
      AND (r.staff_id = CAST(:staff_id AS uuid) OR r.subject = CAST(:subject AS text)))"""
_SPOILT = f"SELECT id, division, number, status, gaps FROM checked WHERE NOT ({' AND '.join(map(complete, CLEARS))})"
_PAGE = f"{_SPOILT} ORDER BY division, id LIMIT :limit"

_ONE = text(
    f"{checked('h.id = CAST(:household_id AS uuid)', **_BOUND)} SELECT id, division, number, status, gaps FROM checked"
)
_KNOWN = text("SELECT true FROM household WHERE id = :household_id")
SHARES_BY: Order = {"division": ""}
SHARES = text(
    f"""{checked(_WITHIN, **_BOUND)}
    SELECT * FROM (
        SELECT left(division, :width) AS division, count(*) AS households,
            {", ".join(f"count(*) FILTER (WHERE {complete(one)}) AS {one}" for one in CLEARS)},
            count(*) FILTER (WHERE {" AND ".join(map(complete, CLEARS))}) AS all_seven
        FROM checked GROUP BY 1) AS counted
    WHERE division > :division ORDER BY division LIMIT :limit"""
)
_WORK = text(f"{checked(_AFTER, **_BOUND)} {_PAGE}")
_WORK_OF = text(f"{checked(_MINE, **_BOUND)} {_PAGE}")


def bound(checklist: Checklist) -> dict[str, object]:
    """What the statements take of a checklist."""
    stated = json.dumps(checklist.policy.value, ensure_ascii=False)
    return {"checklist": stated, "unclear": list(checklist.unclear)}


async def one(session: AsyncSession, checklist: Checklist, household_id: UUID) -> Checked | None:
    """What is missing of a household; None where the seven are not asked of it."""
    row = (await session.execute(_ONE, bound(checklist) | {"household_id": household_id})).one_or_none()
    return Checked(*row) if row else None


async def is_known(session: AsyncSession, household_id: UUID) -> bool:
    """Whether there is such a household in sight."""
    return bool((await session.execute(_KNOWN, {"household_id": household_id})).scalar())


async def spoilt(
    session: AsyncSession,
    checklist: Checklist,
    division: str,
    after: Sequence[str],
    limit: int,
    *,
    staff_id: UUID | None,
    subject: str | None,
) -> list[Checked]:
    """Households of a division of which something is missing; of one helper where a person is named."""
    place = {**within(division), "division": after[0], "id": after[1], "limit": limit}
    if staff_id or subject:
        found = await session.execute(_WORK_OF, bound(checklist) | place | {"staff_id": staff_id, "subject": subject})
    else:
        found = await session.execute(_WORK, bound(checklist) | place)
    return [Checked(*row) for row in found]
