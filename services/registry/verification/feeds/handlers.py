"""Records of departments that arrive as events, their person's number sealed for this installation (ADR 10)."""

from datetime import date

from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.feeds import queries, rules, service
from services.registry.verification.feeds.catalogue import feed
from services.registry.verification.feeds.records import Delivered, Villages
from shared.database.session import keys_of
from shared.events.envelope import Event
from shared.security.sealing import unseal
from shared.time import clock


class DepartmentRecord(BaseModel):
    """What the registry reads of a department's record."""

    # What is wrong with a record is noted without the record.
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    feed: str
    record_no: str
    version: int
    division: str
    name: str
    sealed: str | None = None
    born: date | None = None
    village: str | None = None
    from_on: date | None = None
    ended_on: date | None = None
    details: dict[str, str] = {}


def context(feed: str, record_no: str) -> str:
    """What a sealed number is bound to."""
    return f"departments.record:{feed}:{record_no}"


async def keep_many(session: AsyncSession, events: list[Event]) -> None:
    """Keep records set-based. One that cannot be read is parked by the consumer, and delays nobody else's."""
    today, keys = await clock.today(session), keys_of(session)
    delivered: dict[tuple[str, str], list[Delivered]] = {}
    known: dict[str, Villages] = {}
    for event in events:
        record = event.read(DepartmentRecord)
        if record.division not in known:
            known[record.division] = await queries.villages(session, record.division)
        given = {field: getattr(record, field) for field in ("record_no", "name", "village")}
        days = {field: getattr(record, field) for field in ("born", "from_on", "ended_on")}
        values = record.details | {name: str(value) for name, value in (given | days).items() if value is not None}
        values["version"] = str(record.version)
        if record.sealed:
            values["number"] = unseal(record.sealed, keys, context=context(record.feed, record.record_no))
        one = rules.read(feed(record.feed), values, known[record.division], today)
        delivered.setdefault((record.division, record.feed), []).append(one)
    for (division, name), records in sorted(delivered.items()):
        await service.keep_records(session, keys, division, name, records, "event")
