"""What is held 暂缓: a matter whose next step waits for a decision, because whoever is to get it is not who may."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

from shared.problems import Problem
from shared.workflow.case import Reason
from shared.workflow.separation import Act, keep_apart

MatterKind = Literal["reward", "loan"]


@dataclass(frozen=True, slots=True)
class Matter:
    """A document whose next step may be held, and who has had a part in it."""

    kind: MatterKind
    id: UUID
    division: str
    household_id: UUID | None
    applied_by: str
    inspected_by: str | None
    approved_by: str | None


@dataclass(frozen=True, slots=True)
class Hold:
    """What is held, or was: ``reasons`` for which, and what was decided of it by whom."""

    id: UUID
    division: str
    document_kind: MatterKind
    document_id: UUID
    reasons: list[Reason]
    applied_by: str
    inspected_by: str | None
    approved_by: str | None
    decision: Literal["release", "refuse", "lapse"] | None
    ground: str | None
    decided_by: str | None


@dataclass(frozen=True, slots=True)
class Gate:
    """Where the matters of one list pass or are held; ``released`` are the earlier decisions to let them pass."""

    released: Mapping[UUID, Sequence[Hold]]
    held: dict[UUID, tuple[Matter, Sequence[Problem]]] = field(default_factory=dict)
    passed: list[UUID] = field(default_factory=list)

    def let(self, matter: Matter, objections: Iterable[Problem], actor: str, act: Act) -> None:
        """Let a matter pass where nothing is against it, or only what somebody else has released it from.

        Raises SamePerson, and the first objection: the matter is held then.
        """
        keep_apart(actor, [one.decided_by for one in self.released.get(matter.id, ())], act)
        left = self.hold(matter, objections)
        if left:
            left[0].field = "id"  # what the step was asked with
            raise left[0]
        self.passed.append(matter.id)

    def hold(self, matter: Matter, objections: Iterable[Problem]) -> Sequence[Problem]:
        """Hold a matter for what nobody has released it from; answers that."""
        known = {reason["code"] for one in self.released.get(matter.id, ()) for reason in one.reasons}
        left = [one for one in objections if one.slug not in known]
        if left:
            self.held[matter.id] = matter, left
        return left
