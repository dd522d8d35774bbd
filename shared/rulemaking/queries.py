"""Versions of policies and proposals, as they are read and kept."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.database.rows import typed
from shared.http import paging
from shared.names.ids import uuid7
from shared.rulemaking.records import Proposal, Status, Version
from shared.rulemaking.schemas import PolicyEntry

_VERSIONS = text("""
    SELECT key, division, version, valid_from, value, zh, en, used_at FROM policy WHERE key = ANY(:keys)
    ORDER BY key, division, version
""")
_COLUMNS = "SELECT id, key, division, valid_from, value, ground, zh, en, status, proposed_by FROM policy_proposal"
_KNOWN = text(f"{_COLUMNS} WHERE id = ANY(:ids) OR (status = 'proposed' AND key = ANY(:keys))")
_LOCK = text(f"{_COLUMNS} WHERE id = ANY(:ids) ORDER BY id FOR UPDATE")
_PROPOSE = text("""
    INSERT INTO policy_proposal (id, key, division, valid_from, value, ground, zh, en, proposed_by)
    VALUES (:id, :key, :division, :valid_from, CAST(:value AS jsonb), :ground, :zh, :en, :proposed_by)
""")
_DECIDE = text("""
    UPDATE policy_proposal SET status = :status, decided_by = :actor, decided_at = business_now(), reason = :reason
    WHERE id = :id
""")
_SET = text("""
    INSERT INTO policy (id, key, division, valid_from, version, value, zh, en, source, set_by)
    SELECT :id, key, division, valid_from, :version, value, zh, en, ground, id FROM policy_proposal WHERE id = :proposal
""")
# Proposals stand behind the versions of their policy, as if their version came last.
_LAST = 2147483647  # a version that no policy has
_LIST = text("""
    WITH listed AS (
        SELECT p.id, p.key, p.division, p.valid_from, p.version, p.value, p.zh, p.en, p.source, p.used_at,
            'set' AS status, o.proposed_by, o.proposed_at, o.decided_by, o.decided_at, o.reason
        FROM policy p LEFT JOIN policy_proposal o ON o.id = p.set_by
        UNION ALL
        SELECT id, key, division, valid_from, NULL, value, zh, en, ground, NULL, status, proposed_by, proposed_at,
            decided_by, decided_at, reason
        FROM policy_proposal WHERE status <> 'approved')
    SELECT *, coalesce(version, 2147483647) AS place FROM listed
    WHERE (CAST(:key AS text) IS NULL
        OR (key, division, coalesce(version, 2147483647), id) > (:key, :division, :place, CAST(:id AS uuid)))
      AND (CAST(:wanted AS text) IS NULL OR starts_with(key, :wanted))
    ORDER BY key, division, place, id LIMIT :limit
""")
_WAITING = text(f"""
    {_COLUMNS}
    WHERE division >= :low AND division < :high AND status = 'proposed' AND (valid_from, id) > (:due_on, :id)
        AND person_key(proposed_by) <> :me
    ORDER BY valid_from, id LIMIT :limit
""")


async def versions(session: AsyncSession, keys: Iterable[str]) -> dict[str, list[Version]]:
    """Every version of some policies, for any division."""
    found: dict[str, list[Version]] = defaultdict(list)
    for version in typed(Version, await session.execute(_VERSIONS, {"keys": sorted(set(keys))})):
        found[version.key].append(version)
    return found


async def known(session: AsyncSession, ids: Iterable[UUID], keys: Iterable[str]) -> list[Proposal]:
    """The proposals of some ids, and those about some policies that are still open."""
    return typed(Proposal, await session.execute(_KNOWN, {"ids": list(ids), "keys": sorted(set(keys))}))


async def lock(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Proposal]:
    """Proposals that the caller may decide, locked in the order of their ids."""
    return {one.id: one for one in typed(Proposal, await session.execute(_LOCK, {"ids": sorted(set(ids))}))}


async def propose(session: AsyncSession, proposals: Sequence[Proposal]) -> None:
    """Keep new proposals."""
    if proposals:
        await session.execute(
            _PROPOSE,
            [
                {
                    "id": one.id,
                    "key": one.key,
                    "division": one.division,
                    "valid_from": one.valid_from,
                    "value": json.dumps(one.value, ensure_ascii=False),
                    "ground": one.ground,
                    "zh": one.zh,
                    "en": one.en,
                    "proposed_by": one.proposed_by,
                }
                for one in proposals
            ],
        )


async def decide(session: AsyncSession, id: UUID, status: Status, actor: str, reason: str | None) -> None:
    """Keep what was decided about a proposal."""
    await session.execute(_DECIDE, {"id": id, "status": status, "actor": actor, "reason": reason})


async def set_version(session: AsyncSession, proposal: UUID, version: int) -> None:
    """Make a proposal a version of its policy."""
    await session.execute(_SET, {"id": uuid7(), "version": version, "proposal": proposal})


async def page(session: AsyncSession, wanted: str | None, limit: int, cursor: str | None) -> paging.Page[PolicyEntry]:
    """Versions and proposals whose key begins as wanted, by key, division and version."""
    key, division, place, id = paging.decode(cursor, 4, (str, str, int, str)) or (None, None, None, None)
    bound = {"key": key, "division": division, "place": place, "id": id, "wanted": wanted, "limit": limit + 1}
    rows = [PolicyEntry.model_validate(row) for row in await session.execute(_LIST, bound)]
    return paging.page(rows, limit, lambda last: [last.key, last.division, last.version or _LAST, last.id])


async def waiting(session: AsyncSession, place: dict[str, object]) -> list[Proposal]:
    """Open proposals of a division after a place in the order of the day from which they are to hold, and id."""
    return typed(Proposal, await session.execute(_WAITING, place))
