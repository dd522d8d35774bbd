"""Doubts that other services found go on the one list, each once, and its desks work on them as on any other."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts import queries
from services.registry.verification.doubts.records import Found, Severity, Whereabouts
from services.registry.verification.doubts.service import raise_doubts
from shared.doubts.contracts import Fact, Rule, Words
from shared.events.envelope import Event
from shared.events.handlers import NotYetKnown
from shared.names import identity
from shared.names.divisions import Division


class DoubtElsewhere(Exception):
    """A doubt names a division where its household never lived: somebody has to look at it."""


class DoubtFound(BaseModel):
    """What the registry reads of a doubt that another service found."""

    # What is wrong with one is noted without what it says.
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

    id: UUID
    household_id: UUID | None = None
    about: UUID | None = None
    division: Annotated[Division, Field(min_length=6)]
    rule: Rule
    rule_version: Annotated[int, Field(gt=0)]
    severity: Severity
    zh: Words
    en: Words
    facts: Annotated[dict[str, Fact], Field(max_length=20)] = {}
    key: Annotated[str, Field(min_length=1, max_length=200)]

    @model_validator(mode="after")
    def _is_about_something(self) -> "DoubtFound":
        if self.household_id is None and self.about is None:
            raise ValueError("about a household, or a record of the service")
        return self


@dataclass(frozen=True, slots=True)
class _Told:
    """A doubt as a service published it: the last version of its record among several."""

    source: str
    sequence: int
    doubt: DoubtFound


async def raise_found(session: AsyncSession, events: list[Event]) -> None:
    """Raise what is new. A doubt that comes again, late or with an older version changes nothing; one that is open,
    or was settled, is not raised a second time. A household that has moved since takes the doubt to where it lives.
    """
    told = _last(events)
    seen = await queries.sequences(session, [(one.source, one.doubt.id) for one in told])
    fresh = [one for one in told if one.sequence > seen.get((one.source, one.doubt.id), 0)]
    if not fresh:
        return
    homes = await queries.whereabouts(session, [one.doubt.household_id for one in fresh if one.doubt.household_id])
    places = await queries.places(session, [one.doubt.division for one in fresh if not one.doubt.household_id])
    await raise_doubts(session, [_found(one, _division(one.doubt, homes, places)) for one in fresh])
    await queries.seen(session, [(one.source, one.doubt.id, one.sequence) for one in fresh])


def _last(events: Iterable[Event]) -> Sequence[_Told]:
    last: dict[tuple[str, UUID], _Told] = {}
    for event in events:
        # Whose topic it is: what the payload says of its sender would prove nothing.
        one = _Told(event.type.partition(".")[0], event.sequence, event.read(DoubtFound))
        before = last.get((one.source, one.doubt.id))
        if before is None or before.sequence < one.sequence:
            last[one.source, one.doubt.id] = one
    return list(last.values())


def _division(doubt: DoubtFound, homes: dict[UUID, Whereabouts], places: dict[str, bool]) -> str:
    """Where the doubt belongs today. Raises NotYetKnown, DoubtElsewhere."""
    if doubt.household_id is None:
        if doubt.division not in places:
            raise NotYetKnown(f"division {doubt.division}")
        # A division that has ended has no office: its county says to which the doubt goes.
        return doubt.division if places[doubt.division] else doubt.division[:6]
    home = homes.get(doubt.household_id)
    if home is None:
        raise NotYetKnown(f"household {doubt.household_id}")
    if doubt.division not in home.lived_in:
        raise DoubtElsewhere(f"household {doubt.household_id} never lived in {doubt.division}")
    return home.division


def _found(told: _Told, division: str) -> Found:
    doubt = told.doubt
    facts = {name: identity.mask_numbers(fact) for name, fact in doubt.facts.items()}
    words = {"zh": identity.mask_numbers(doubt.zh), "en": identity.mask_numbers(doubt.en)}
    return Found(
        rule=f"{told.source}.{doubt.rule}",
        rule_version=doubt.rule_version,
        division=division,
        evidence=words | ({"facts": facts} if facts else {}),
        severity=doubt.severity,
        household_id=doubt.household_id,
        record_id=doubt.about,
        fingerprint=doubt.key,
        source=told.source,
        reference=doubt.id,
        sequence=told.sequence,
    )
