"""What a list says as changes to the register: which change, for which reason, from which day on. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.registry.exchange.comparison.records import Home
from services.registry.exchange.comparison.rules import Beside
from services.registry.exchange.reconciliations import rules
from services.registry.exchange.reconciliations.records import Decision, Difference, Kind, Listed
from services.registry.register.changes.records import ENTERS
from services.registry.register.changes.rules import EXTINCT
from services.registry.register.changes.schemas import ChangeIn, Departure, Relative
from services.registry.register.changes.succession import LastMemberLeaves, SuccessorNeeded
from services.registry.register.codes import gone_for_good, named, procedures, reasons
from services.registry.register.households.rules import HEAD, PersonRegistered, born_of
from services.registry.register.households.schemas import HouseholdIn
from shared.names.ids import uuid7
from shared.problems import Conflict, Invalid, Problem
from shared.security.access import DivisionForbidden
from shared.words import Word

# The kinds of change that a kind of difference becomes.
_BECOMES: Mapping[Kind, frozenset[str]] = {
    "new": ENTERS,
    "gone": frozenset({"removal"}),
    "removed": frozenset({"restoration"}),
    "moved": frozenset({"move"}),
    "head": frozenset({"head_changed"}),
    "joined": frozenset({"member_added"}),
    "left": frozenset({"member_left"}),
}
# Why somebody leaves the household where they were registered, by why they join another.
_LEAVES = {"married_in": "married_out", "registered_here": "registered_elsewhere"}
_LEAVES_OTHERWISE = "gone_other"


class ReasonNeeded(Invalid):
    slug = "reason-needed"
    zh = "名单没有说明原因，请核实后选择原因：{reasons}"
    en = "The list does not say why: find out, and give one of the reasons {reasons}"
    reasons: tuple[Word, ...]


class ReasonOfAnotherKind(Invalid):
    slug = "reason-of-another-kind"
    zh = "此原因不适用于该项差异，请改选：{reasons}"
    en = "This reason does not fit what differs: give one of {reasons}"
    reasons: tuple[Word, ...]


class WhereTheyWentNeeded(Invalid):
    slug = "where-they-went-needed"
    zh = "整户自然减少须说明成员去向：全户去向相同的，原因请选{reasons}；去向不同的，请先在该户逐人办理人口减少"
    en = "Say where everybody went: give {reasons} where it is the same for all, else record each of them first"
    reasons: tuple[Word, ...]


class NotByThisList(Invalid):
    slug = "not-by-this-list"
    zh = "这一项不能按名单直接办理，请用人员名单核对到人，或在信息更正中办理"
    en = "This cannot be taken from the list: compare a list of persons, or correct it by itself"


class LivesInAnother(Conflict):
    slug = "lives-in-another"
    zh = "名单中该户的成员已登记在其他户：属分户的，请在原户办理分户（户编号填名单的）；属重复的，请告知国家系统"
    en = "Members are registered in other households: record a split there, or tell the national system"


class RegisteredOutside(Conflict):
    slug = "registered-outside"
    zh = "此人已登记在册，且不在您可办理的户内：请先在原登记的户办理人口减少，或报上级办理"
    en = "This person is registered out of your sight: they leave there first, or a higher office records it"


class LastOfTheirs(Conflict):
    slug = "last-of-theirs"
    zh = "此人是原登记户的最后一名成员，请办理并户（原户并入本户）"
    en = "This is the last member of the household where they are registered: merge it into this one"


class HeadOfTheirs(Conflict):
    slug = "head-of-theirs"
    zh = "此人是原登记户的户主：请先在原户办理户主变更，或与原户“名单少一人”一并办理"
    en = "This is the head where they are registered: another head first, or decide it with who is missing there"


class AnotherOfficesVillage(Conflict):
    slug = "another-offices-village"
    zh = "名单所在村不在您的辖区内，请由上级办理该户迁移"
    en = "The village of the list is not in your division: a higher office moves the household"


class NewcomerHeads(Conflict):
    slug = "newcomer-heads"
    zh = "名单中的户主尚不是该户成员：请先在该户按其与现户主的关系增加人口，再办理户主变更"
    en = "The head of the list is no member yet: add them by their relation to the present head, then change the head"


class LaterKnown(Conflict):
    slug = "later-known"
    zh = "登记自{since}起已是另一内容，按名单办理须自该日或以后生效；名单有误的，请以登记为准并告知国家系统"
    en = "The register says something else from {since} on: let it take effect then or later, or keep the register's"
    since: date


@dataclass(frozen=True, slots=True)
class Pick:
    """A difference that is to be done as the list says; ``home`` is a household that the list has not."""

    difference: Difference
    decision: Decision
    listed: Listed | None
    beside: Beside | None
    home: Home | None
    as_of: date

    @property
    def id(self) -> UUID:
        """The difference's."""
        return self.difference.id

    @property
    def day(self) -> date:
        """From when it is so: the day that was given, or that of the list."""
        return self.decision.effective_on or self.as_of

    @property
    def corrected_on(self) -> date:
        """From when a fact is so: not before the household was identified, and of what the register knows from a
        later day on not before that day. Raises LaterKnown.
        """
        assert self.beside
        since = self.difference.since or date.min
        day = max(self.day, self.beside.home.identified_on)
        if day < since and self.decision.effective_on:
            raise LaterKnown(field="effective_on", rule="not before the fact", since=since)
        return max(day, since)

    @property
    def reason(self) -> str | None:
        """Why the register changes: what was given, or what was proposed."""
        return self.decision.reason or self.difference.reason


def changes_of(pick: Pick) -> Iterator[ChangeIn]:
    """The changes by which the register becomes as the list says. Raises ReasonNeeded, ReasonOfAnotherKind,
    WhereTheyWentNeeded, NotByThisList (422), NewcomerHeads (409).
    """
    one, beside, listed = pick.difference, pick.beside, pick.listed
    said: dict[str, object] = {"ground": pick.decision.ground, "source": "file"}
    reason = _reason(pick)
    if one.kind == "new":
        if not isinstance(listed, HouseholdIn):
            raise NotByThisList(field="id", rule="a list of persons")
        kind = next(iter(reasons()[reason] & ENTERS))
        day = pick.decision.effective_on or listed.identified_on
        yield _change(kind, listed.id, day, reason, household=listed, **said)
        return
    assert one.household_id
    home = one.household_id
    if one.kind == "gone":
        departures: list[Departure] = []
        if reason in gone_for_good():
            assert pick.home
            departures = [Departure(person_id=member.id, reason=reason) for member in pick.home.members]
            reason = EXTINCT
        yield _change("removal", home, pick.day, reason, departures=departures, **said)
        return
    if one.kind == "removed":
        yield _change("restoration", home, pick.day, reason, **said)
        return
    assert beside
    compared = beside.compared
    if one.kind == "moved":
        yield _change("move", home, pick.day, reason, division=compared.given.division, **said)
    elif one.kind == "head":
        new = UUID(one.person)
        related = _relatives(beside, but=frozenset({new}))
        yield _change("head_changed", home, pick.day, reason, successor_id=new, relations=related, **said)
    elif one.kind == "left":
        yield _change("member_left", home, pick.day, reason, **_leaving(beside, UUID(one.person)), **said)
    else:
        yield from _joining(pick, beside, reason, said)


def with_cure(kind: Kind, problem: Problem) -> Problem:
    """What stands against a change, with what helps where it comes of a list."""
    match kind, problem:
        case "new", PersonRegistered():
            return LivesInAnother(field=problem.field, rule=problem.rule)
        case "moved", DivisionForbidden():
            return AnotherOfficesVillage(field="id", rule=problem.rule)
        case "joined", PersonRegistered():
            return RegisteredOutside(field=problem.field, rule=problem.rule)
        case "joined", LastMemberLeaves():
            return LastOfTheirs(field=problem.field, rule="a merge")
        case "joined", SuccessorNeeded():
            return HeadOfTheirs(field=problem.field, rule=problem.rule)
    return problem


def _reason(pick: Pick) -> str:
    """Why the register changes, where it fits what differs."""
    kind, given = pick.difference.kind, pick.reason
    fitting = [code for code, kinds in reasons().items() if kinds & _BECOMES[kind] and code not in procedures()]
    if kind == "gone":
        # A household that is gone because all of it died or went away.
        gone = [code for code in reasons() if code in gone_for_good()]
        if given == EXTINCT:
            raise WhereTheyWentNeeded(field="reason", rule="where each went", reasons=_called(gone))
        fitting = [code for code in fitting if code != EXTINCT] + gone
    if given is None:
        raise ReasonNeeded(field="reason", rule="required", reasons=_called(fitting))
    if given not in fitting:
        raise ReasonOfAnotherKind(field="reason", rule="fits what differs", reasons=_called(fitting))
    return given


def _called(codes: Iterable[str]) -> tuple[Word, ...]:
    return tuple(Word(code, *named(code)) for code in codes)


def _leaving(beside: Beside, person: UUID) -> dict[str, object]:
    """Who leaves; where it is the head, who follows on the list, and how the others are related to them there."""
    leaving = next(one for one in beside.home.members if one.id == person)
    new_head = rules.successor(beside.compared)
    if leaving.relation != HEAD or new_head is None:
        return {"person_id": person}
    related = _relatives(beside, but=frozenset({person, new_head.id}))
    return {"person_id": person, "successor_id": new_head.id, "relations": related}


def _relatives(beside: Beside, *, but: frozenset[UUID]) -> list[Relative]:
    found = rules.listed_relations(beside.compared, but=but)
    return [Relative(person_id=id, relation=relation) for id, relation in found]


def _joining(pick: Pick, beside: Beside, reason: str, said: Mapping[str, object]) -> Iterator[ChangeIn]:
    """Somebody joins: a newcomer, or somebody who is registered and leaves where they lived."""
    home = beside.home
    for position in beside.compared.strangers:
        member, known = beside.compared.given.members[position], beside.elsewhere.get(position)
        if rules.person_of(member, beside.compared.number_index) != pick.difference.person:
            continue
        if member.relation == HEAD:
            raise NewcomerHeads(field="id", rule="one head")
        day = pick.decision.effective_on
        if day is None:
            born = born_of(member) if reason == "birth" else None
            day = max(born, home.identified_on) if born else pick.as_of
        if known is None:
            yield _change("member_added", home.id, day, reason, member=member, **said)
            return
        if known.household_id is not None:
            leaves = _LEAVES.get(reason, _LEAVES_OTHERWISE)
            yield _change("member_left", known.household_id, day, leaves, person_id=known.person_id, **said)
        joins: dict[str, object] = {"person_id": known.person_id, "relation": member.relation}
        yield _change("member_added", home.id, day, reason, **joins, **said)
        return


def _change(kind: str, home: UUID, day: date, reason: str, **more: object) -> ChangeIn:
    said = {"id": uuid7(), "kind": kind, "household_id": home, "effective_on": day, "reason": reason}
    return ChangeIn.model_validate(said | more)
