"""What must hold of organisations and their people. Pure."""

from datetime import date
from typing import Any

from services.registry.assistance.organisations.catalogue import Codes
from services.registry.assistance.organisations.schemas import OrganisationIn, StaffIn
from services.registry.register.fields.rules import IdentityInvalid
from shared.names import divisions, identity
from shared.problems import Conflict, Invalid, NotFound
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller

_ORDER = ("province", "city", "county", "town", "village")


class NoSuchOrganisation(NotFound):
    slug, zh, en = "no-such-organisation", "辖区内没有这一单位", "There is no such organisation in your division"


class NoSuchStaff(NotFound):
    slug, zh, en = "no-such-staff", "辖区内没有这一人员", "There is nobody of that id among the staff you see"


class KindUnknown(Invalid):
    slug, zh, en = "kind-unknown", "不在代码表内", "Not in the code list"


class LevelDoesNotFit(Invalid):
    slug, zh, en = (
        "level-does-not-fit",
        "单位类型与层级不符",
        "An organisation of this kind does not exist at this level",
    )


class OrganisationDiffers(Conflict):
    slug, zh, en = "organisation-differs", "此编号已用于另一单位", "This id stands for another organisation"


class OrganisationKnown(Conflict):
    slug, zh, en = "organisation-known", "同名单位已登记", "An organisation of this name is recorded there already"


class StaffDiffers(Conflict):
    slug, zh, en = "staff-differs", "此编号已用于另一人员", "This id stands for somebody else"


class StaffKnown(Conflict):
    slug, zh, en = "staff-known", "此人已登记为干部", "This person is recorded among the staff already"


class OutsideItsDays(Invalid):
    slug, zh, en = "outside-its-days", "日期不在单位存续期内", "The organisation does not exist on this day"


class NotInFuture(Invalid):
    slug, zh, en = "in-the-future", "日期晚于今天", "The day lies in the future"


class EndBeforeStart(Invalid):
    slug, zh, en = "end-before-start", "截止日期应晚于起始日期", "It has to end after it began"


def check_organisation(item: OrganisationIn, caller: Caller, codes: Codes) -> None:
    """Raises DivisionForbidden, KindUnknown, LevelDoesNotFit."""
    if not caller.covers(item.division):
        raise DivisionForbidden(field="division")
    if item.kind not in codes.kinds:
        raise KindUnknown(field="kind", rule="code list")
    if item.level not in codes.kinds[item.kind]["levels"]:
        raise LevelDoesNotFit(field="level", rule="levels of the kind")
    # A village's organisation stands in its village; a province's may stand in the county that it helps.
    if _ORDER.index(item.level) > _ORDER.index(divisions.level(item.division)):
        raise LevelDoesNotFit(field="division", rule="at its level or below")


def check_staff(item: StaffIn, codes: Codes, today: date) -> str | None:
    """The normalised identity number, if one was given. Raises KindUnknown, NotInFuture, IdentityInvalid."""
    check_codes(codes, item.post, item.rank)
    if item.joined_on > today:
        raise NotInFuture(field="joined_on", rule="not in the future")
    if item.identity_number is None:
        return None
    number = identity.normalise(item.identity_number)
    if not identity.is_resident(number):
        raise IdentityInvalid(field="identity_number", rule="GB 11643")
    return number


def employer(organisation: Any, joined_on: date) -> Any:
    """The organisation, where it exists on the day. Raises NoSuchOrganisation, OutsideItsDays."""
    if organisation is None:
        raise NoSuchOrganisation(field="organisation_id")
    if joined_on < organisation.valid_from or (organisation.valid_to and joined_on >= organisation.valid_to):
        raise OutsideItsDays(field="joined_on", rule="while the organisation exists")
    return organisation


def check_codes(codes: Codes, post: str | None, rank: str | None) -> None:
    """Raises KindUnknown."""
    if post is not None and post not in codes.posts:
        raise KindUnknown(field="post", rule="code list")
    if rank is not None and rank not in codes.ranks:
        raise KindUnknown(field="rank", rule="code list")
