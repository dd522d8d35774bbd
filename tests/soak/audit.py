"""Compare what clients were told with what every service holds: nothing lost, nothing twice, order, money."""

from typing import Any
from uuid import UUID

from tests.soak.load import Told
from tests.soak.processes import Platform


async def audit(platform: Platform, told: Told) -> dict[str, Any]:
    """The counts of the run, and under ``wrong`` every contradiction that was found."""
    wrong: list[str] = []
    registry, funding, projects, evaluation = [
        await platform.database(name) for name in ("registry", "funding", "projects", "evaluation")
    ]
    held = {str(row["id"]): row for row in await registry.fetch("SELECT id, size, version FROM household")}
    _same(wrong, "households told and held", set(told.households), set(held))
    for id, changes in told.changes.items():
        rows = await registry.fetch("SELECT version FROM change WHERE household_id = $1 ORDER BY version", UUID(id))
        _same(
            wrong, f"versions of household {id}", list(range(1, len(changes) + 2)), [row["version"] for row in rows]
        )
        _same(wrong, f"size of household {id}", len(changes) + 2, held[id]["size"])
    for name, database in (("funding", funding), ("projects", projects), ("evaluation", evaluation)):
        seen = {str(row["id"]): row["sequence"] for row in await database.fetch("SELECT id, sequence FROM household")}
        _same(wrong, f"households in {name}", {id: row["version"] for id, row in held.items()}, seen)
    _same(wrong, "lots", told.inflows, await _amounts(funding, "SELECT id, amount FROM lot"))
    _same(wrong, "project requests", told.projects, await _amounts(funding, "SELECT id, amount FROM project_request"))
    paid = {id: told.projects[id] for id in told.paid}
    entries = (
        "SELECT document_id AS id, sum(p.amount) AS amount FROM entry e JOIN posting p ON p.entry_id = e.id"
        " WHERE e.kind = 'payment' AND p.amount > 0 GROUP BY document_id"
    )
    _same(wrong, "payments in the ledger", paid, await _amounts(funding, entries))
    _same(
        wrong,
        "funded projects",
        paid,
        await _amounts(projects, "SELECT id, funded AS amount FROM project WHERE funded > 0"),
    )
    _same(
        wrong,
        "status of paid projects",
        {"funded"},
        {row["status"] for row in await projects.fetch("SELECT status FROM project WHERE funded > 0")} or {"funded"},
    )
    _same(
        wrong, "sum over all accounts", 0, int(await funding.fetchval("SELECT coalesce(sum(amount), 0) FROM balance"))
    )
    for name, database in (
        ("registry", registry),
        ("funding", funding),
        ("projects", projects),
        ("evaluation", evaluation),
    ):
        _same(wrong, f"outbox of {name}", 0, await database.fetchval("SELECT count(*) FROM outbox"))
        _same(wrong, f"parked in {name}", 0, await database.fetchval("SELECT count(*) FROM parked"))
        await database.close()
    return {
        "households": len(held),
        "changes": sum(len(changes) for changes in told.changes.values()),
        "inflows": len(told.inflows),
        "projects": len(told.projects),
        "paid": len(told.paid),
        "requests sent again": told.retries,
        "kills": platform.kills,
        "process starts": sum(one.starts for one in platform.processes),
        "wrong": wrong,
    }


async def _amounts(database: Any, sql: str) -> dict[str, int]:
    return {str(row["id"]): int(row["amount"]) for row in await database.fetch(sql)}


def _same(wrong: list[str], what: str, expected: Any, found: Any) -> None:
    if expected != found:
        shown = f"{str(expected)[:120]} / {str(found)[:120]}"
        if isinstance(expected, set | dict) and isinstance(found, set | dict):
            missing, extra = set(expected) - set(found), set(found) - set(expected)
            shown = f"{len(missing)} missing, {len(extra)} too many, of {len(expected)}"
        wrong.append(f"{what}: {shown}")
