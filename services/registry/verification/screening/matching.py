"""What a rule finds: records of departments beside persons of the register, each with its evidence."""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.raising import Found, Severity
from services.registry.verification.screening import queries, rules
from services.registry.verification.screening.catalogue import Catalogue, Rule, Way
from services.registry.verification.screening.rules import Pair
from shared import policy
from shared.names.grams import sound

_SEVERITY: dict[str, Severity] = {"members": "warning", "inclusion": "notice", "document": "warning"}


@dataclass(frozen=True, slots=True)
class Scope:
    """Where and when a rule looks, and by which policies."""

    division: str
    today: date
    known: Catalogue

    def bound(self, rule: Rule) -> dict[str, Any]:
        """The parameters of the queries."""
        when = json.dumps([one.model_dump(mode="json") for one in rule.when], ensure_ascii=False)
        place = {"low": self.division, "high": self.division + ":"}
        return place | {"feed": rule.feed, "today": self.today, "when": when}


async def find(session: AsyncSession, rule: Rule, scope: Scope) -> list[Found]:
    """Everything that a rule finds in a division today; nothing where it raises nothing there."""
    if not scope.known.raises(rule):
        return []
    match rule.about:
        case "inclusion":
            return await _strangers(session, rule, scope)
        case "document":
            return await _documents(session, rule, scope)
        case _:
            return await _pairs(session, rule, scope)


async def _pairs(session: AsyncSession, rule: Rule, scope: Scope) -> list[Found]:
    how_sure = await policy.resolve(session, "screening.matching", scope.division, scope.today)
    pairs = await _surest(session, rule, scope)
    found = []
    for way, several in pairs.values():
        confidence = rules.sure(way, len(several), how_sure.value)
        if confidence is not None:
            found += [_found(rule, scope, way, row, confidence, len(several)) for row in several]
    return found


async def _surest(session: AsyncSession, rule: Rule, scope: Scope) -> dict[UUID, tuple[Way, list[Any]]]:
    """Whom each record fits, by the surest way that fits anybody."""
    pairs: dict[UUID, tuple[Way, list[Any]]] = {}
    spoken = await _spoken(session, rule, scope)
    for way in rule.matches:
        if way.startswith("pinyin") and not spoken:
            continue
        fits: dict[UUID, list[Any]] = defaultdict(list)
        for row in await session.execute(queries.PAIRS[way], scope.bound(rule)):
            fits[row.record_id].append(row)
        for record_id, several in fits.items():
            pairs.setdefault(record_id, (way, several))
    return pairs


async def _spoken(session: AsyncSession, rule: Rule, scope: Scope) -> bool:
    """Make the names sound, where the rule compares sounds and there are records without a number."""
    bound = {"low": scope.division, "high": scope.division + ":"}
    if not any(way.startswith("pinyin") for way in rule.matches):
        return False
    if not (await session.execute(queries.UNNUMBERED, bound | {"feed": rule.feed})).scalar_one():
        return False
    names = list((await session.execute(queries.NAMES, bound)).scalars())
    create, fill, analyze = queries.SPOKEN
    await session.execute(create)
    await session.execute(fill, {"names": names, "pinyin": [sound(name) for name in names]})
    await session.execute(analyze)
    return True


async def _strangers(session: AsyncSession, rule: Rule, scope: Scope) -> list[Found]:
    rows = await session.execute(queries.STRANGERS, scope.bound(rule))
    return [
        Found(
            rule=rule.id,
            rule_version=rule.version,
            division=row.division,
            severity=_SEVERITY[rule.about],
            feed=rule.feed,
            record_id=row.record_id,
            evidence=_record(rule, row) | {"reasons": [_STRANGER]},
            fingerprint=_fingerprint(row.details),
            policy=scope.known.rules_policy.reference(),
        )
        for row in rows
    ]


_STRANGER = {
    "what": "register",
    "matched": False,
    "zh": "在册户和已脱贫户成员中无此人",
    "en": "nobody of a registered household, or of one that left poverty, is this person",
}


async def _documents(session: AsyncSession, rule: Rule, scope: Scope) -> list[Found]:
    kinds = [kind for one in rule.when for kind in one.one_of or ()]
    bound = {"low": scope.division, "high": scope.division + ":", "kinds": kinds}
    return [
        Found(
            rule=rule.id,
            rule_version=rule.version,
            division=row.division,
            severity=_SEVERITY[rule.about],
            household_id=row.household_id,
            person_id=row.person_id,
            evidence={
                "rule": {"zh": rule.zh, "en": rule.en},
                "person": {"name": row.name, "number": row.number, "document_kind": row.document_kind},
            },
            policy=scope.known.rules_policy.reference(),
        )
        for row in await session.execute(queries.DOCUMENTS, bound)
    ]


def _found(rule: Rule, scope: Scope, way: Way, row: Any, confidence: int, candidates: int) -> Found:
    ground = scope.known.ground_of(rule) if rule.about == "exclusion" else None
    pair = Pair(
        way, row.name, row.person_name, row.born, row.person_born, row.village, row.division, numbered=row.numbered
    )
    used = scope.known.grounds_policy if ground else scope.known.rules_policy
    evidence = _record(rule, row) | {
        "way": way,
        "confidence": confidence,
        "candidates": candidates,
        "reasons": rules.reasons(pair),
        "person": {"name": row.person_name, "number": row.person_number, "born": row.person_born.isoformat()},
    }
    if ground:
        evidence["ground"] = {"zh": ground.zh, "en": ground.en}
    return Found(
        rule=rule.id,
        rule_version=rule.version,
        division=row.division,
        severity=ground.severity if ground else _SEVERITY[rule.about],
        household_id=row.household_id,
        person_id=row.person_id,
        ground=ground.code if ground else None,
        feed=rule.feed,
        record_id=row.record_id,
        evidence=evidence,
        fingerprint=_fingerprint(row.details),
        policy=used.reference(),
    )


def _record(rule: Rule, row: Any) -> dict[str, Any]:
    """What the department says: masked, with the version that was seen."""
    return {
        "rule": {"zh": rule.zh, "en": rule.en},
        "record": {
            "feed": rule.feed,
            "record_no": row.record_no,
            "version": row.version,
            "name": row.name,
            "number": row.number,
            "from_on": row.from_on.isoformat() if row.from_on else None,
            "details": row.details,
        },
    }


def _fingerprint(details: dict[str, str]) -> str:
    """A record about the same thing is the same finding, however often its version rises."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True)
