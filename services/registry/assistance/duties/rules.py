"""What must hold of an item of the responsibility list. Pure."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from services.registry.assistance.duties.catalogue import DutyList
from services.registry.assistance.duties.records import Duty
from services.registry.assistance.duties.schemas import CompletionIn, DutyIn
from services.registry.assistance.organisations.records import StaffMember
from services.registry.assistance.organisations.rules import NoSuchStaff
from shared.problems import Conflict, Invalid, NotFound
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller


class DutyDiffers(Conflict):
    slug, zh, en = "duty-differs", "此编号已用于另一责任事项", "This id stands for another item"


class NoSuchDuty(NotFound):
    slug, zh, en = "no-such-duty", "辖区内没有这一责任事项", "There is no such item in your division"


class DutyKindUnknown(Invalid):
    slug, zh, en = "duty-kind-unknown", "责任清单中没有这一类事项", "The responsibility list has no such kind"


class NotOfTheOffice(Invalid):
    slug, zh, en = "owner-elsewhere", "责任人不属于责任单位", "The owner does not work in that organisation"


class DoneAlready(Conflict):
    slug, zh, en = "duty-done", "该事项已于{on}完成", "It was done on {on}"
    on: date


class DoneInFuture(Invalid):
    slug, zh, en = "done-in-future", "完成日期不能晚于今天", "It cannot have been done in the future"


def check(item: DutyIn, caller: Caller, listed: DutyList) -> None:
    """Raises DivisionForbidden, DutyKindUnknown."""
    if not caller.covers(item.division):
        raise DivisionForbidden(field="division")
    if item.kind not in listed.kinds:
        raise DutyKindUnknown(field="kind", rule="responsibility list")


def check_same(known: Duty, item: DutyIn) -> None:
    """Raises DutyDiffers where the id stands for another item."""
    if (known.kind, known.organisation_id) != (item.kind, item.organisation_id):
        raise DutyDiffers(field="id", rule="one id, one item")


def check_open(duty: Duty | None, *, field: str) -> Duty:
    """An item that is not done. Raises NoSuchDuty, DoneAlready."""
    if duty is None:
        raise NoSuchDuty(field=field)
    if duty.done_on is not None:
        raise DoneAlready(field=field, rule="open", on=duty.done_on)
    return duty


def check_done(item: CompletionIn, today: date) -> None:
    """Raises DoneInFuture."""
    if item.done_on > today:
        raise DoneInFuture(field="done_on", rule="not in the future")


def owner(staff: Mapping[UUID, StaffMember], staff_id: UUID | None, organisation_id: UUID) -> StaffMember | None:
    """The person, or None where only the organisation answers. Raises NoSuchStaff, NotOfTheOffice."""
    if staff_id is None:
        return None
    person = staff.get(staff_id)
    if person is None:
        raise NoSuchStaff(field="staff_id")
    if person.organisation_id != organisation_id:
        raise NotOfTheOffice(field="staff_id", rule="of the organisation")
    return person
