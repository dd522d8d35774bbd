"""A household that moves to another village no longer lives in its natural village."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from pydantic_core import to_json
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.register.changes.consequences import (
    Consequence,
    GivesBack,
    Returning,
    goes_along,
    gone_from_village,
)
from services.registry.register.changes.records import Applied

# Who came on the day itself was there for a day: a stay has a first and a last day.
_LEAVE = text("""
    UPDATE household_place p SET valid_to = greatest(gone.day, p.valid_from + 1), ended_by = gone.change_id
    FROM jsonb_to_recordset(CAST(:gone AS jsonb)) AS gone(id uuid, change_id uuid, day date, village text)
    WHERE p.household_id = gone.id AND p.valid_to IS NULL AND p.division = gone.village
""")
# A stay in a village to which the household never moved was none.
_NEVER_THERE = text("""
    DELETE FROM household_place p
    USING jsonb_to_recordset(CAST(:undone AS jsonb)) AS undone(household_id uuid, changes uuid[], division text),
        household_place before
    WHERE before.household_id = undone.household_id AND before.ended_by = ANY(undone.changes)
        AND before.division = undone.division AND p.household_id = undone.household_id
        AND p.valid_from >= before.valid_to AND p.division <> undone.division
""")
_STAY_ON = text("""
    WITH ended AS (
        SELECT p.household_id, p.valid_from, v.name, CASE
            WHEN p.division <> undone.division THEN 'household'
            WHEN v.valid_to IS NOT NULL THEN 'village'
            WHEN EXISTS (SELECT FROM household_place since WHERE since.household_id = p.household_id
                AND since.valid_from > p.valid_from) THEN 'placed'
            END AS against
        FROM jsonb_to_recordset(CAST(:undone AS jsonb)) AS undone(household_id uuid, changes uuid[], division text)
        JOIN household_place p ON p.household_id = undone.household_id AND p.ended_by = ANY(undone.changes)
        JOIN natural_village v ON v.id = p.natural_village_id
    ), back AS (
        UPDATE household_place p SET valid_to = NULL, ended_by = NULL FROM ended
        WHERE p.household_id = ended.household_id AND p.valid_from = ended.valid_from AND ended.against IS NULL
    )
    SELECT name, against FROM ended WHERE against IS NOT NULL
""")
_AGAINST: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "household": ("该户现不在该村", "the household no longer lies in that village"),
        "village": (
            "该自然村（组）已撤销，请重新登记居住地",
            "it exists no more: say anew where the household lives",
        ),
        "placed": ("其后已另行登记居住地", "another place was recorded since"),
    }
)


async def end_stays(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """End the stay of households that these changes move, not where only its code changed."""
    if gone := gone_from_village(changes):
        rows = [
            {
                "id": one.household_id,
                "change_id": one.change.id,
                "day": one.change.effective_on,
                "village": one.leaves_division,
            }
            for one in gone
        ]
        await session.execute(_LEAVE, {"gone": to_json(rows).decode()})


async def stays_go_on(session: AsyncSession, returning: Returning) -> None:
    """A household that never moved lives on where it lived, as far as no other place was recorded since."""
    bound = {"undone": to_json(returning.undone).decode()}
    await session.execute(_NEVER_THERE, bound)
    for row in await session.execute(_STAY_ON, bound):
        zh, en = _AGAINST[row.against]
        returning.stays.append(
            {
                "zh": f"在{row.name}的居住登记未恢复：{zh}",
                "en": f"the household is not recorded again as living in {row.name}: {en}",
            }
        )


CONSEQUENCES: tuple[Consequence, ...] = (end_stays, goes_along("household_place", moves=False))
UNDONE_CONSEQUENCES: tuple[GivesBack, ...] = (stays_go_on,)
