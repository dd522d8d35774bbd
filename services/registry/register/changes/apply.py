"""Apply changes that were decided: one statement writes them all, and what follows from them follows at once."""

from collections.abc import Sequence

from pydantic_core import to_json
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.contracts import HOUSEHOLD
from services.registry.register.changes import consequences
from services.registry.register.changes.records import Applied, Change, Through
from services.registry.register.fields import catalogue
from services.registry.register.households.records import Household, Json, state_of
from shared.database.session import caller_of, raw
from shared.names.ids import uuid7
from shared.security import audit

_APPLY = "SELECT apply_changes($1::jsonb, $2)"


async def apply(session: AsyncSession, changes: Sequence[Applied]) -> None:
    """Write changes of different households, and let what other nouns hold about them follow."""
    if changes:
        rows = to_json([one.to_json() for one in changes]).decode()
        await (await raw(session)).execute(_APPLY, rows, caller_of(session).subject)
        await consequences.follow(session, changes)


def applied(was: Household | None, now: Household, change: Change, through: Through) -> Applied:
    """A change with the difference in facts that the history shows, and its event."""
    old, new = _shown(was) if was else {}, _shown(now)
    keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
    return Applied(
        change=change,
        through=through,
        was=was,
        now=now,
        before={key: old[key] for key in keys if key in old} or None,
        after={key: new.get(key) for key in keys} | dict(change.more),
        event_id=uuid7(),
        event_type=HOUSEHOLD.type(change.verb),
        event=state_of(now, change.reason, change.effective_on, origin=change.origin, destination=change.destination),
    )


def note(session: AsyncSession, one: Applied) -> None:
    """Put a change on record."""
    audit.record(
        session,
        f"household.{one.change.kind}",
        "household",
        one.household_id,
        one.now.division,
        before=_noted(one.was) if one.was else None,
        after=_noted(one.now),
        reason=one.change.ground or one.change.reason,
    )


def _noted(household: Household) -> Json:
    return {"status": household.status, "size": household.size, "version": household.version}


def _shown(household: Household) -> Json:
    """A household as the history shows it: what counts, and its items as they stand on the wire."""
    return {
        "division": household.division,
        "status": household.status,
        "size": household.size,
        "attribute": household.attribute,
        "main_cause": household.main_cause,
        "other_causes": list(household.other_causes),
        **catalogue.shown(dict(household.facts), "household"),
    }
