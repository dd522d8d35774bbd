"""What holds of consents, requests to correct and their answers. Pure."""

from datetime import date
from uuid import UUID

from services.registry.desk.privacy.records import CorrectionRequest, Person
from services.registry.desk.privacy.schemas import AnswerIn, ConsentIn
from services.registry.register.households.rules import NoSuchPerson
from shared.problems import Conflict, Invalid, NotFound
from shared.workflow.separation import ANSWER_REQUEST, keep_apart


class NoSuchConsent(NotFound):
    slug, zh, en = "no-such-consent", "没有此项同意记录", "There is no such consent"


class NoSuchRequest(NotFound):
    slug, zh, en = "no-such-request", "没有此项更正申请", "There is no such request"


class PurposeUnknown(Invalid):
    slug, zh, en = "purpose-unknown", "用途不在本地用途表内", "This purpose is not on the county's list"


class GuardianNeeded(Invalid):
    slug = "guardian-needed"
    zh = "未满{age}周岁须由成年监护人同意"
    en = "For a child under {age} a guardian who is grown up has to consent"
    age: int


class WithdrawnAlready(Conflict):
    slug, zh, en = "withdrawn-already", "此项同意已撤回", "This consent was withdrawn already"


class DayImpossible(Invalid):
    slug, zh, en = "day-impossible", "同意日期不能晚于今天，截止日期应晚于同意日期", "That day is not possible"


class AnsweredAlready(Conflict):
    slug, zh, en = "answered-already", "此项申请已答复", "This request was answered already"


class ChangeNeeded(Invalid):
    slug = "change-needed"
    zh = "同意更正须指明该户已办理的更正"
    en = "An accepted request names the change of this household that was made"


GROWN_UP = 18  # years; 民法典 art. 17


def age_on(born: date, day: date) -> int:
    """Full years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def check_consent(
    one: ConsentIn, person: Person, guardian: Person | None, purposes: frozenset[str], child: int, today: date
) -> None:
    """Raises PurposeUnknown, DayImpossible, GuardianNeeded."""
    if set(one.purposes) - purposes:
        raise PurposeUnknown(field="purposes", rule="privacy.consent_purposes")
    if one.given_on > today or (one.valid_to is not None and one.valid_to <= one.given_on):
        raise DayImpossible(field="given_on", rule="not in the future, before it ends")
    if one.guardian_id is not None and guardian is None:
        raise NoSuchPerson(field="guardian_id")
    if age_on(person.born, one.given_on) >= child and guardian is None:
        return
    if guardian is None or guardian.id == person.id or age_on(guardian.born, one.given_on) < GROWN_UP:
        raise GuardianNeeded(field="guardian_id", rule="privacy.guardian_age", age=child)


def check_answer(one: AnswerIn, request: CorrectionRequest, actor: str, changed: UUID | None) -> None:
    """``changed``: whose change the answer names. Raises AnsweredAlready, SamePerson, ChangeNeeded."""
    if request.status != "open":
        raise AnsweredAlready(field="request_id", rule="once")
    keep_apart(actor, [request.recorded_by], ANSWER_REQUEST, field="request_id")
    if one.accepted and changed != request.household_id:
        raise ChangeNeeded(field="change_id", rule="a change of the same household")
