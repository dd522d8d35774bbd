"""What may be forgotten: inbox, idempotency keys and resolved parked rows, after longer than the topics keep."""

import asyncpg

KEPT_DAYS = 30
_AGES = {"inbox": "received_at", "idempotency": "created_at", "parked": "resolved_at"}


async def forget(pool: "asyncpg.Pool[asyncpg.Record]", *, days: int = KEPT_DAYS) -> int:
    """Delete up to 5,000 old rows of each kind; answers how many went."""
    gone = 0
    for table, age in _AGES.items():
        old = f"SELECT ctid FROM {table} WHERE {age} < clock_timestamp() - make_interval(days => $1) LIMIT 5000"  # noqa: S608
        status = await pool.execute(f"DELETE FROM {table} WHERE ctid = ANY(ARRAY({old}))", days)  # noqa: S608
        gone += int(status.split()[-1])
    return gone
