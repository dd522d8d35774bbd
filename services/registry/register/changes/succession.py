"""Relations to a new head 户主变更: what follows from the old ones, and what the family has to say. Pure."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from services.registry.contracts import MemberState
from services.registry.register.changes.kinship import Kin, relations
from services.registry.register.changes.records import Known
from services.registry.register.changes.schemas import Relative
from services.registry.register.codes import sex_of_relation
from services.registry.register.households.records import Household
from services.registry.register.households.rules import CODE_LIST, HEAD, NotAMember
from shared.problems import IN_BOTH, Conflict, Invalid, WrongField, both


class LastMemberLeaves(Invalid):
    slug = "last-member-leaves"
    zh = "此人为户内最后一名成员，请按整户自然减少办理"
    en = "When the last member leaves, the household is removed"


class NobodyStays(LastMemberLeaves):
    zh, en = "分户后原户须留有成员", "After a split somebody stays in the household"


class SuccessorNeeded(Invalid):
    slug = "successor-needed"
    zh = "户主离开的，须同时指定新户主"
    en = "When the head leaves, another member has to become head"


class SuccessorUnnamed(SuccessorNeeded):
    zh, en = "户主变更须指定新户主", "A change of the head names the new one"


class SuccessorElsewhere(SuccessorNeeded):
    zh, en = "新户主须为该户现有成员", "The new head is a member who stays in the household"


class RelationsWrong(Invalid):
    slug = "relations-wrong"
    zh = "与户主关系不正确：应有且仅有一名户主，关系须在代码表内并与性别相符"
    en = "The relations do not fit: one head, texts of the code list, and as the sex allows"


class RelationsNeeded(Invalid):
    """``errors`` name each member whose relation the family has to say, with those that are possible."""

    slug = "relations-needed"
    zh = "有{count}名成员与新户主的关系无法推定，请逐人确认"
    en = "How {count} members are related to the new head does not follow from what is known: say it of each"
    count: int


class HeadAlready(Conflict):
    slug, zh, en = "head-already", "此人已是户主", "This person is the head already"


class OpenRelation(WrongField):
    """Somebody of whom the family has to say how they are related to the new head, and what is possible."""

    person_id: str
    options: Sequence[str]


@dataclass(frozen=True, slots=True)
class Proposal:
    """A member's relation now, and those they may have to the new head, as ``kinship.relations`` says them."""

    person_id: UUID
    relation: str
    options: tuple[str, ...]


def stay(
    household: Household,
    going: AbstractSet[UUID],
    successor_id: UUID | None,
    given: Sequence[Relative],
    known: Mapping[UUID, Known],
    words: AbstractSet[str],
) -> tuple[MemberState, ...]:
    """Who stays when some go, with a new head where the head goes, and their relations to that head.

    Raises LastMemberLeaves, NobodyStays, SuccessorNeeded, NotAMember, RelationsWrong, RelationsNeeded.
    """
    staying = tuple(member for member in household.members if member.id not in going)
    if not staying:
        last = LastMemberLeaves if len(household.members) == 1 else NobodyStays
        raise last(field="person_id", rule="removal with household_extinct")
    if not any(member.id in going and member.relation == HEAD for member in household.members):
        if successor_id is not None or given:
            raise NotAMember(field="successor_id" if successor_id else "relations", rule="only where the head leaves")
        return staying
    if successor_id is None:
        raise SuccessorNeeded(field="successor_id", rule="one head")
    return headed_by(household, staying, successor_id, given, known, words)


def headed_by(
    household: Household,
    staying: Sequence[MemberState],
    successor_id: UUID,
    given: Sequence[Relative],
    known: Mapping[UUID, Known],
    words: AbstractSet[str],
) -> tuple[MemberState, ...]:
    """Some members of a household under a new head. What is ``given`` of them stands, the rest follows from the old
    relations.

    Raises SuccessorElsewhere, NotAMember, RelationsWrong, RelationsNeeded.
    """
    said = {one.person_id: one.relation for one in given}
    others = {member.id for member in staying} - {successor_id}
    if len(others) == len(staying):
        raise SuccessorElsewhere(field="successor_id", rule="lives in the household")
    if len(said) < len(given) or said.keys() - others:
        raise NotAMember(field="relations", rule="others who stay in the household")
    for position, one in enumerate(given):
        if one.relation not in words or one.relation == HEAD:
            raise RelationsWrong(field=f"relations[{position}].relation", rule=CODE_LIST)
        sex = sex_of_relation().get(one.relation)
        if sex and sex != _sex(known, one.person_id):
            raise RelationsWrong(field=f"relations[{position}].relation", rule="rule 49")
    kin = {one.id: Kin(one.relation, _sex(known, one.id)) for one in household.members}
    proposed = {one.person_id: one for one in proposals(kin, others, successor_id)}
    open_ones = [one for id, one in proposed.items() if id not in said and len(one.options) != 1]
    if open_ones:
        errors = [_ask(one) for one in open_ones]
        raise RelationsNeeded(field="relations", rule="how each is related", count=len(errors), errors=errors)
    now = {successor_id: HEAD} | {id: said.get(id) or one.options[0] for id, one in proposed.items()}
    return tuple(member.model_copy(update={"relation": now[member.id]}) for member in staying)


def proposals(kin: Mapping[UUID, Kin], others: AbstractSet[UUID], successor_id: UUID) -> list[Proposal]:
    """For each of ``others`` in a household: the relations that they may have to the new head."""
    head = next(one for one in kin.values() if one.relation == HEAD)
    return [
        Proposal(id, one.relation, relations(head, kin[successor_id], one)) for id, one in kin.items() if id in others
    ]


def _ask(one: Proposal) -> OpenRelation:
    message = both(
        f"原与户主关系为“{one.relation}”，请确认与新户主的关系",
        f'was "{one.relation}" of the old head: say what of the new',
    )
    return OpenRelation(
        field="relations",
        rule="said by the family",
        message=message,
        person_id=str(one.person_id),
        options=one.options,
    )


def with_names(refusal: RelationsNeeded, names: Mapping[UUID, str]) -> RelationsNeeded:
    """The refusal, each member by name."""
    errors = []
    for error in refusal.errors or ():
        shown = cast("OpenRelation", error)
        name = names.get(UUID(shown["person_id"]), "")
        zh, en = shown["message"][IN_BOTH], shown["message"]["$en"]
        said = both(f"{name}：{zh}", f"{name}: {en}") if name else shown["message"]
        errors.append(OpenRelation({**shown, "message": said}))
    return RelationsNeeded(field=refusal.field, rule=refusal.rule, count=refusal.count, errors=errors)


def people_of(refusal: RelationsNeeded) -> set[UUID]:
    """Of whom the family has to say how they are related."""
    return {UUID(cast("OpenRelation", error)["person_id"]) for error in refusal.errors or ()}


def changed(before: Sequence[MemberState], now: Sequence[MemberState]) -> tuple[tuple[UUID, str], ...]:
    """The members whose relation became another, with the new one."""
    old = {member.id: member.relation for member in before}
    return tuple((one.id, one.relation) for one in now if old.get(one.id, one.relation) != one.relation)


def _sex(known: Mapping[UUID, Known], id: UUID) -> str | None:
    return known[id].sex if id in known else None
