"""A household that is no longer on the register, or no longer of this village, has helpers no more: history stays.
What turns out to have been no change gives them back.
"""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.assistance.responsibility import store
from services.registry.assistance.responsibility.records import Gone
from services.registry.register.changes.consequences import (
    Consequence,
    GivesBack,
    Returning,
    goes_along,
    gone_from_village,
)
from services.registry.register.changes.records import Applied
from services.registry.register.codes import named
from services.registry.register.divisions.records import Became


async def end_helpers(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """End the helpers of households that these changes removed or moved; those who left poverty keep theirs.

    So does a household whose village became another: it has not moved.
    """
    removed = [one for one in changes if one.now.status == "removed"]
    moved = [one for one in gone_from_village(changes) if one.now.status != "removed"]
    if removed or moved:
        gone = [_gone(one, None) for one in removed] + [_gone(one, one.leaves_division) for one in moved]
        await store.end_of_households(session, gone)


def _gone(one: Applied, village: str | None) -> Gone:
    reason = f"随户变动结束：{named(one.change.reason)[0]}"
    return Gone(one.household_id, one.change.id, one.change.effective_on, reason, village)


async def helpers_go_on(session: AsyncSession, returning: Returning) -> None:
    """Helpers whom changes ended that do not count any more help on, as far as nobody arranged it otherwise."""
    for one in await store.go_on(session, returning.undone):
        zh, en = _AGAINST[one.against or ""]
        returning.stays.append(
            {
                "zh": f"帮扶责任人{one.name}（{one.organisation}）的结对帮扶未恢复：{zh}",
                "en": f"{one.name} ({one.organisation}) does not help the household again: {en}",
            }
        )


_AGAINST: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "household": ("该户现不在原村或已不在册", "it no longer lies in that village, or is off the register"),
        "left": ("本人已离岗或单位已撤销，请另行安排", "who helped works there no more: pair somebody else"),
        "paired": ("其后该户已另行安排结对", "somebody else was paired with it since"),
        "limit": ("本人结对户数已满，请另行安排", "who helped has as many households as allowed: pair somebody else"),
    }
)


async def recode_posts(session: AsyncSession, became: Became) -> None:
    """A village that goes on under a new code keeps its posts and departments; one that is merged gets new ones."""
    if became.recoded:
        await store.recode_posts(session, became.recoded)


CONSEQUENCES: tuple[Consequence, ...] = (end_helpers, goes_along("responsibility", "r.ended_on IS NULL"))
UNDONE_CONSEQUENCES: tuple[GivesBack, ...] = (helpers_go_on,)
