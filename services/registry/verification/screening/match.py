"""What a rule finds: records of departments beside persons of the register, each with its evidence."""

import json
from collections import defaultdict
from collections.abc import Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.registry.verification.doubts.records import Found, Severity
from services.registry.verification.screening import queries, rules
from services.registry.verification.screening.policies import confidence
from services.registry.verification.screening.records import Document, Matched, Pair, Rule, Scope, Stranger, Way

_SEVERITY: dict[str, Severity] = {"members": "warning", "inclusion": "notice", "document": "warning"}


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
            return await _matched(session, rule, scope)


async def _matched(session: AsyncSession, rule: Rule, scope: Scope) -> list[Found]:
    how_sure = await confidence(session, scope.division, scope.today)
    found = []
    for way, several in (await _surest(session, rule, scope)).values():
        sure = rules.sure(way, len(several), how_sure)
        if sure is not None:
            found += [_found(rule, scope, way, one, sure, len(several)) for one in several]
    return found


async def _surest(session: AsyncSession, rule: Rule, scope: Scope) -> dict[UUID, tuple[Way, list[Matched]]]:
    """Whom each record fits, by the surest way that fits anybody."""
    found: dict[UUID, tuple[Way, list[Matched]]] = {}
    by_sound = any(way.startswith("pinyin") for way in rule.matches)
    sounds = by_sound and await queries.prepare_sounds(session, rule, scope)
    for way in rule.matches:
        if way.startswith("pinyin") and not sounds:
            continue
        fits: dict[UUID, list[Matched]] = defaultdict(list)
        for one in await queries.matched(session, rule, scope, way):
            fits[one.record_id].append(one)
        for record_id, several in fits.items():
            found.setdefault(record_id, (way, several))
    return found


async def _strangers(session: AsyncSession, rule: Rule, scope: Scope) -> list[Found]:
    return [
        Found(
            rule=rule.id,
            rule_version=rule.version,
            division=one.division,
            severity=_SEVERITY[rule.about],
            feed=rule.feed,
            record_id=one.record_id,
            evidence=_record(rule, one) | {"reasons": [rules.STRANGER.to_json()]},
            fingerprint=_fingerprint(one.details),
            policy=scope.known.rules_policy.reference(),
        )
        for one in await queries.strangers(session, rule, scope)
    ]


async def _documents(session: AsyncSession, rule: Rule, scope: Scope) -> list[Found]:
    return [of_document(rule, scope, one) for one in await queries.documents(session, _kinds(rule), scope)]


def _kinds(rule: Rule) -> list[str]:
    return [kind for one in rule.when for kind in one.one_of or ()]


def is_about(rule: Rule, one: Document) -> bool:
    """Whether a rule is about documents of this kind."""
    return rule.about == "document" and one.document_kind in _kinds(rule)


def of_document(rule: Rule, scope: Scope, one: Document) -> Found:
    """What a rule about documents finds of a person."""
    return Found(
        rule=rule.id,
        rule_version=rule.version,
        division=one.division,
        severity=_SEVERITY[rule.about],
        household_id=one.household_id,
        person_id=one.person_id,
        evidence={
            "rule": {"zh": rule.zh, "en": rule.en},
            "person": {"name": one.name, "number": one.number, "document_kind": one.document_kind},
        },
        policy=scope.known.rules_policy.reference(),
    )


def _found(rule: Rule, scope: Scope, way: Way, one: Matched, confidence: int, candidates: int) -> Found:
    ground = scope.known.ground_of(rule) if rule.about == "exclusion" else None
    pair = Pair(
        way, one.name, one.person_name, one.born, one.person_born, one.village, one.division, numbered=one.numbered
    )
    used = scope.known.grounds_policy if ground else scope.known.rules_policy
    evidence = _record(rule, one) | {
        "way": way,
        "confidence": confidence,
        "candidates": candidates,
        "reasons": [reason.to_json() for reason in rules.reasons(pair)],
        "person": {"name": one.person_name, "number": one.person_number, "born": one.person_born.isoformat()},
    }
    if ground:
        evidence["ground"] = {"zh": ground.zh, "en": ground.en}
    return Found(
        rule=rule.id,
        rule_version=rule.version,
        division=one.division,
        severity=ground.severity if ground else _SEVERITY[rule.about],
        household_id=one.household_id,
        person_id=one.person_id,
        ground=ground.code if ground else None,
        feed=rule.feed,
        record_id=one.record_id,
        evidence=evidence,
        fingerprint=_fingerprint(one.details),
        policy=used.reference(),
    )


def _record(rule: Rule, one: Matched | Stranger) -> dict[str, object]:
    """What the department says: masked, with the version that was seen."""
    return {
        "rule": {"zh": rule.zh, "en": rule.en},
        "record": {
            "feed": rule.feed,
            "record_no": one.record_no,
            "version": one.version,
            "name": one.name,
            "number": one.number,
            "from_on": one.from_on.isoformat() if one.from_on else None,
            "details": one.details,
        },
    }


def _fingerprint(details: Mapping[str, str]) -> str:
    """A record about the same thing is the same finding, however often its version rises."""
    return json.dumps(details, ensure_ascii=False, sort_keys=True)
