"""A write may be sent again: the same key gets the stored answer, the same key with another request 422.

The key belongs to the caller, is claimed first and stored with its answer in the caller's transaction: a second
sender waits for the first to commit, and a crash leaves neither effect nor key. An answer is kept in both languages.
"""

import json
from dataclasses import dataclass

from fastapi import Response
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from shared.problems import Invalid

_CLAIM = text(
    "INSERT INTO idempotency (subject, key, request_hash) VALUES (:subject, :key, :hash)"
    " ON CONFLICT (subject, key) DO NOTHING RETURNING true"
)
_STORED = text("SELECT request_hash, status, headers, body FROM idempotency WHERE subject = :subject AND key = :key")
_STORE = text(
    "UPDATE idempotency SET request_hash = :hash, status = :status, headers = CAST(:headers AS jsonb), body = :body"
    " WHERE subject = :subject AND key = :key"
)
_KEPT_HEADERS = ("etag", "location", "content-type")


class KeyReused(Invalid):
    slug = "idempotency-key-reused"
    zh = "该提交编号已用于另一内容，请刷新后重新提交"
    en = "This Idempotency-Key was used for another request"


@dataclass(frozen=True, slots=True)
class Claim:
    """One caller's key and the digest of the request that it stands for."""

    subject: str
    key: str
    digest: bytes


async def claim(session: AsyncSession, claim: Claim) -> Response | None:
    """Take the key, or answer what was answered before; None where that was not kept. Raises KeyReused (422)."""
    names = {"subject": claim.subject, "key": claim.key}
    if (await session.execute(_CLAIM, names | {"hash": claim.digest})).scalar():
        return None
    stored = (await session.execute(_STORED, names)).one()
    if stored.request_hash != claim.digest:
        raise KeyReused(field="Idempotency-Key", rule="one key, one request")
    if stored.status is None:
        return None
    return Response(stored.body, stored.status, {**stored.headers, "Idempotency-Replayed": "true"})


async def begin(session: AsyncSession, subject: str, key: str) -> bool:
    """Take a key before it is known what it stands for; False where it is taken. ``store`` says it in the end."""
    return (await session.execute(_CLAIM, {"subject": subject, "key": key, "hash": b""})).scalar() is not None


async def store(session: AsyncSession, claim: Claim, response: Response) -> None:
    """Keep an answer under a claimed key."""
    kept = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    await session.execute(
        _STORE,
        {
            "subject": claim.subject,
            "key": claim.key,
            "hash": claim.digest,
            "status": response.status_code,
            "headers": json.dumps(kept),
            "body": bytes(response.body),
        },
    )
