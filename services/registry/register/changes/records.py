"""A change to the register as it passes between modules, and as ``apply_changes`` takes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.registry.contracts import HouseholdState, MemberState
from services.registry.register.households.records import Household, Json, PersonRow, Status


@dataclass(frozen=True, slots=True)
class Change:
    """One change to one household: what it is called, when it took effect, who recorded it in the field.

    ``departs`` are the members who leave, ``successor`` the new head, ``joins`` a new person, ``arrives`` known
    persons with their relation; ``origin`` and ``destination`` the other households that it concerns. ``founds`` is
    the digest of a household that begins with it; ``more`` is shown in the household's history.
    """

    id: UUID
    kind: str
    reason: str
    effective_on: date
    verb: str
    ground: str | None = None
    source: str | None = None
    evidence: tuple[str, ...] = ()
    captured_at: str | None = None
    person_id: UUID | None = None
    departs: tuple[UUID, ...] = ()
    successor: UUID | None = None
    joins: PersonRow | None = None
    arrives: tuple[tuple[UUID, str], ...] = ()
    origin: tuple[UUID, ...] = ()
    destination: tuple[UUID, ...] = ()
    founds: str | None = None
    more: Mapping[str, object] = field(default_factory=dict)


class Step(NamedTuple):
    """What one change does to one household; ``before`` is None where the household begins with it."""

    before: Household | None
    now: Household
    change: Change


class Known(NamedTuple):
    """Somebody who is registered, as a member to be; ``lives`` where a household counts them now."""

    member: MemberState
    lives: bool
    sex: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """A change as it is written: the household afterwards, what it adds to the register's numbers, its event.

    ``counted`` are the persons that the household adds to the register afterwards; a household that moves
    (``leaves_division``) is a change in both divisions, and ``arrival_id`` the one in the new.
    """

    change: Change
    event_id: UUID
    now: Household
    leaves_division: str | None
    arrival_id: UUID | None
    households: int
    persons: int
    before: Json | None
    after: Json
    event_type: str
    event: HouseholdState

    @property
    def household_id(self) -> UUID:
        return self.now.id

    @property
    def status(self) -> Status:
        return self.now.status

    def to_json(self) -> Json:
        """As ``apply_changes`` takes it."""
        change, now = self.change, self.now
        return {
            "id": now.id,
            "change_id": change.id,
            "event_id": self.event_id,
            "division": now.division,
            "leaves_division": self.leaves_division,
            "arrival_id": self.arrival_id,
            "number": now.number,
            "identified_on": now.identified_on,
            "version": now.version,
            "status": now.status,
            "size": now.size,
            "attribute": now.attribute,
            "main_cause": now.main_cause,
            "other_causes": now.other_causes,
            "facts": now.facts,
            "origins": now.origins,
            "kind": change.kind,
            "reason": change.reason,
            "effective_on": change.effective_on,
            "households": self.households,
            "persons": self.persons,
            "counted": now.counted,
            "person_id": change.person_id,
            "ground": change.ground,
            "source": change.source,
            "evidence": change.evidence,
            "captured_at": change.captured_at,
            "departs": change.departs,
            "successor": change.successor,
            "joins": change.joins.to_json() if change.joins else None,
            "arrives": [{"id": id, "relation": relation} for id, relation in change.arrives] or None,
            "lineage": _lineage(change),
            "founds": change.founds,
            "before": self.before,
            "after": self.after,
            "event_type": self.event_type,
            "event": self.event,
        }


def _lineage(change: Change) -> Json | None:
    if not (change.origin or change.destination):
        return None
    return {"from": change.origin, "to": change.destination}
