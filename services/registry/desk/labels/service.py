"""Give and take labels in lists: households are locked once, each item is decided by itself."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.desk.labels import queries
from services.registry.desk.labels.rules import Labelling
from services.registry.desk.labels.schemas import LabelIn
from shared import policy
from shared.http.items import Answers, answer_each
from shared.security import audit
from shared.time import clock

_COUNTY = 6


async def decide(session: AsyncSession, items: list[LabelIn]) -> Answers:
    """An answer for each item; the same again is "unchanged"."""
    households, today = [item.household_id for item in items], await clock.today(session)
    places = await queries.lock_households(session, households)
    counties = {division[:_COUNTY] for division in places.values()}
    labelling = Labelling(
        today=today,
        places=places,
        done=await queries.done(session, [item.id for item in items]),
        listed={county: await _listed(session, county, today) for county in counties},
        carried={(one.household_id, one.label): one for one in await queries.carried(session, households)},
    )
    answers = answer_each(items, labelling.decide)
    await queries.write(session, labelling.beginnings, labelling.endings)
    for item, answer in zip(items, answers.items, strict=True):
        if answer.status == "accepted":
            id, after = item.household_id, {"label": item.label, "on": item.on.isoformat()}
            audit.record(
                session, f"label.{item.action}", "household", id, places[id], after=after, reason=item.ground
            )
    return answers


async def _listed(session: AsyncSession, county: str, today: date) -> list[str]:
    """The labels of a county, as its list has them."""
    stated = await policy.resolve(session, "labels.list", county, today)
    return [one["text"] for one in stated.read(list[dict[str, str]])]
