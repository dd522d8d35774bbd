"""What must hold of organisations and their people. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date

from services.registry.assistance.organisations.catalogue import Catalogue, Kind, Post
from services.registry.assistance.organisations.records import Organisation, StaffMember
from services.registry.assistance.organisations.schemas import OrganisationIn, StaffIn
from services.registry.register.fields.rules import IdentityInvalid
from shared.names import divisions, identity
from shared.problems import Conflict, Invalid, NotFound
from shared.security.access import DivisionForbidden
from shared.security.auth import Caller
from shared.words import Name, Word

_ORDER = ("province", "city", "county", "town", "village")


class NoSuchOrganisation(NotFound):
    slug, zh, en = "no-such-organisation", "辖区内没有这一单位", "There is no such organisation in your division"


class NoSuchStaff(NotFound):
    slug, zh, en = "no-such-staff", "辖区内没有这名干部", "There is nobody of that id among the staff you see"


class NothingRecorded(NotFound):
    slug, zh, en = "nothing-to-reveal", "没有登记此项", "Nothing is recorded there"


class KindUnknown(Invalid):
    slug, zh, en = "kind-unknown", "{what}应为：{allowed}", "The {what} is one of: {allowed}"
    what: Word
    allowed: tuple[Word, ...] | tuple[Name, ...]


class LevelDoesNotFit(Invalid):
    slug, zh = "level-does-not-fit", "单位类型与单位层级、所在辖区不符"
    en = "An organisation of this kind does not exist at this level, or not in this division"


class OrganisationDiffers(Conflict):
    slug, zh, en = "organisation-differs", "此编号已用于另一单位", "This id stands for another organisation"


class OrganisationKnown(Conflict):
    slug, zh, en = "organisation-known", "同名单位已登记", "An organisation of this name is recorded there already"


class StaffDiffers(Conflict):
    slug, zh, en = "staff-differs", "此编号已用于另一名干部", "This id stands for somebody else"


class StaffKnown(Conflict):
    slug, zh, en = "staff-known", "此人已登记为干部", "This person is recorded among the staff already"


class SubjectTaken(StaffKnown):
    slug, zh, en = "subject-taken", "此登录账号已归他人", "This subject belongs to somebody else"


class OutsideItsDays(Invalid):
    slug, zh, en = "outside-its-days", "日期不在单位存续期内", "The organisation does not exist on this day"


class NotInFuture(Invalid):
    slug, zh, en = "in-the-future", "日期不能晚于今天", "The day lies in the future"


class EndBeforeStart(Invalid):
    slug, zh, en = "end-before-start", "截止日期应晚于起始日期", "It has to end after it began"


def check_organisation(item: OrganisationIn, caller: Caller, listed: Catalogue) -> None:
    """Raises DivisionForbidden, KindUnknown, LevelDoesNotFit."""
    if not caller.covers(item.division):
        raise DivisionForbidden(field="division")
    _listed(item.kind, listed.kinds, Word("kind", "单位类型", "kind of organisation"))
    if item.level not in listed.kinds[item.kind].levels:
        raise LevelDoesNotFit(field="level", rule="levels of the kind")
    # A village's organisation stands in its village; a province's may stand in the county that it helps.
    if _ORDER.index(item.level) > _ORDER.index(divisions.level(item.division)):
        raise LevelDoesNotFit(field="division", rule="at its level or below")


def check_staff(item: StaffIn, listed: Catalogue, today: date) -> str | None:
    """The normalised identity number, if one was given. Raises KindUnknown, NotInFuture, IdentityInvalid."""
    check_post(listed, item.post, item.rank)
    if item.joined_on > today:
        raise NotInFuture(field="joined_on", rule="not in the future")
    if item.identity_number is None:
        return None
    number = identity.normalise(item.identity_number)
    if not identity.is_resident(number):
        raise IdentityInvalid(field="identity_number", rule="GB 11643")
    return number


def check_post(listed: Catalogue, post: str | None, rank: str | None) -> None:
    """Raises KindUnknown."""
    if post is not None:
        _listed(post, listed.posts, Word("post", "岗位", "post"))
    if rank is not None and rank not in listed.ranks:
        raise KindUnknown(
            field="rank",
            rule=_one_of(listed.ranks),
            what=Word("rank", "职级", "rank"),
            allowed=tuple(map(Name, listed.ranks)),
        )


def check_same(known: Organisation, item: OrganisationIn) -> None:
    """Raises OrganisationDiffers where the id stands for another organisation."""
    facts = (known.division, known.level, known.kind, known.name, known.valid_from)
    if facts != (item.division, item.level, item.kind, item.name, item.valid_from):
        raise OrganisationDiffers(field="id", rule="one id, one organisation")


def check_same_person(known: StaffMember, item: StaffIn) -> None:
    """Raises StaffDiffers where the id stands for somebody else."""
    if (known.organisation_id, known.name, known.joined_on) != (item.organisation_id, item.name, item.joined_on):
        raise StaffDiffers(field="id", rule="one id, one person")


def existing(organisation: Organisation | None, day: date, *, field: str) -> Organisation:
    """The organisation, where it exists on the day. Raises NoSuchOrganisation, OutsideItsDays."""
    if organisation is None:
        raise NoSuchOrganisation(field="organisation_id")
    if not organisation.exists_on(day):
        raise OutsideItsDays(field=field, rule="while the organisation exists")
    return organisation


def _listed(code: str, among: Mapping[str, Kind] | Mapping[str, Post], what: Word) -> None:
    if code not in among:
        allowed = tuple(Word(name, one.zh, one.en) for name, one in among.items())
        raise KindUnknown(field=what.code, rule=_one_of(among), what=what, allowed=allowed)


def _one_of(codes: Iterable[str]) -> str:
    return "one of " + ", ".join(codes)
