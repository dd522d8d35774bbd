"""Look-back rounds, what was found in them, and who signed, as they pass between modules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from uuid import UUID

from pydantic import TypeAdapter
from sqlalchemy import Result as Rows

from services.registry.register.changes.schemas import ChangeIn
from shared.tasks.records import Office

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature that results of a round need, in its order: whose it is."""

    step: str
    roles: tuple[str, ...]
    zh: str
    en: str

    @property
    def level(self) -> Office:
        """The office that signs: a step that bears no level's name is the village's."""
        return "town" if self.step == "town" else "county" if self.step == "county" else "village"


@dataclass(frozen=True, slots=True)
class Round:
    """A round as it stands: its scope, its days, the signatures and papers that its results need."""

    id: UUID
    division: str
    name: str
    ground: str
    statuses: Sequence[str]
    starts_on: date
    ends_on: date
    status: str
    in_scope: int
    steps: tuple[Signature, ...]
    evidence: Sequence[str]
    policies: Sequence[Mapping[str, object]]
    opened_at: datetime
    opened_by: str
    closed_at: datetime | None
    closed_by: str | None


ROUND = ", ".join(field.name for field in fields(Round))


_ROUND, _SIGNATURES = TypeAdapter(Round), TypeAdapter(tuple[Signature, ...])


def rounds_of(found: Rows[tuple[object, ...]]) -> list[Round]:
    """Rounds from the columns of ``ROUND``."""
    return [_ROUND.validate_python(dict(row)) for row in found.mappings()]


def signatures_of(steps: object) -> tuple[Signature, ...]:
    """The signatures of a round from the policy that it keeps."""
    return _SIGNATURES.validate_python(steps)


@dataclass(frozen=True, slots=True)
class InScope:
    """A household in the scope of a round, as it stood when the round was opened."""

    household_id: UUID
    division: str
    status: str


@dataclass(frozen=True, slots=True)
class Known:
    """A result that is on record, as far as the same one again has to say the same."""

    id: UUID
    round_id: UUID
    household_id: UUID
    status: str
    digest: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """A locked result: what it found, its sealed proposal, how many have signed and who."""

    id: UUID
    household_id: UUID
    division: str
    result: str
    status: str
    signed: int
    effective_on: date
    ground: str
    proposal: str | None
    recorded_by: str
    signers: Sequence[str]


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature about to be written; ``effect`` is what the last one does to the register.

    That is a change to be made, or the id of a correction that was made already.
    """

    result: Result
    step: str
    agreed: bool
    remark: str | None
    last: bool
    effect: ChangeIn | UUID | None

    @property
    def status(self) -> str:
        """What the result is with this signature."""
        return "sent_back" if not self.agreed else "confirmed" if self.last else "recorded"

    def to_json(self) -> Json:
        """As it is written."""
        position = self.result.signed + 1
        return {
            "id": self.result.id,
            "position": position,
            "division": self.result.division,
            "step": self.step,
            "agreed": self.agreed,
            "remark": self.remark,
            "signed": position,
            "status": self.status,
        }
