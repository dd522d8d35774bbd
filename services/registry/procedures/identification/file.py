"""A case file as it stands: where it is in its procedure, what was recorded, and how it moves. Pure."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from services.registry.procedures.identification.procedure import Name, Procedure, Step

Reason = dict[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """What was recorded at a step; ``part`` tells the signatures of one step apart."""

    position: int
    part: str
    record: dict[str, Any]
    on: date
    actor: str


@dataclass(slots=True)
class File:
    """A case. ``objections`` counts those without an answer; ``verb`` says what became of it in this request.

    ``back_to`` is the first step whose records no longer hold, ``dropped`` that it left its list undecided.
    """

    id: UUID
    division: str
    procedure_name: Name
    outcome: str
    household_id: UUID
    procedure: Procedure
    policies: list[dict[str, Any]]
    status: Literal["open", "approved", "refused"]
    position: int
    since: date
    due_on: date
    notice_id: UUID | None
    notice_from: date | None
    notice_until: date | None
    list_id: UUID | None
    reasons: list[Reason]
    opened_by: str
    opened_on: date
    decided_by: str | None
    decided_on: date | None
    not_before: date | None
    version: int
    about: Any
    objections: int = 0
    done: list[Done] = field(default_factory=list)
    fresh: list[Done] = field(default_factory=list)
    verb: str | None = None
    back_to: int | None = None
    dropped: bool = False

    @property
    def steps(self) -> tuple[Step, ...]:
        return self.procedure.steps

    @property
    def step(self) -> Step | None:
        """The step that is to be done (or runs); None where nothing is left."""
        return self.steps[self.position] if self.position < len(self.steps) and self.status != "refused" else None

    @property
    def earliest(self) -> date:
        """The first day that the next record may bear: after the one before, a notice, or a return."""
        days = [done.on for done in self.done] + ([self.not_before] if self.not_before else [])
        return max(days, default=self.opened_on - timedelta(days=self.procedure.backdate))

    def actors(self) -> set[str]:
        """Everybody who has done something in it."""
        return {self.opened_by, *(done.actor for done in self.done)} | {
            visitor for done in self.done for visitor in done.record.get("visitors", ())
        }

    def parts(self) -> list[Done]:
        """What was recorded at the present step so far."""
        return [done for done in self.done if done.position == self.position]


def record(file: File, content: dict[str, Any], on: date, actor: str, part: str = "") -> None:
    """Note something at the present step."""
    done = Done(file.position, part, content, on, actor)
    file.done.append(done)
    file.fresh.append(done)
    file.verb = file.verb or "advanced"


def advance(file: File, since: date) -> None:
    """The next step is open from a day on."""
    file.position += 1
    file.since = since
    file.notice_from = file.notice_until = file.list_id = None
    file.verb = file.verb or "advanced"
    if file.step is not None:
        file.due_on = file.step.due(since)


def settle(file: File, today: date) -> None:
    """A notice that has run out without an open objection is over, whether or not somebody looked at the clock."""
    if file.notice_until and file.notice_until <= today and not file.objections:
        file.not_before = file.notice_until
        advance(file, file.notice_until)


def put_on_notice(file: File, notice_id: UUID, today: date) -> None:
    """The present step's notice hangs from today for the policy's days."""
    assert file.step is not None
    file.notice_id, file.notice_from, file.notice_until = notice_id, today, file.step.ends(today)
    file.due_on = file.notice_until
    file.verb = file.verb or "advanced"


def send_back(file: File, position: int, today: date) -> None:
    """An earlier step has to be done again, and everything after it."""
    file.done = [done for done in file.done if done.position < position]
    file.back_to, file.position, file.not_before = position, position - 1, today
    file.verb = "returned"
    advance(file, today)


def refuse(file: File, reason: Reason, today: date, actor: str) -> None:
    """The case ends without effect."""
    file.status, file.decided_on, file.decided_by, file.verb = "refused", today, actor, "refused"
    file.notice_from = file.notice_until = file.list_id = None
    file.reasons = [*file.reasons, reason]


def approve(file: File, reasons: list[Reason], today: date, actor: str) -> None:
    """The case is decided; what is left to do is its announcement, where the procedure has one."""
    file.status, file.decided_on, file.decided_by, file.verb = "approved", today, actor, "approved"
    file.reasons = [*file.reasons, *reasons]
    advance(file, today)
