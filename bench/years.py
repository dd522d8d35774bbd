"""year_bridge: opening, closing and the bridge by reason of a county and of a province, as their offices ask."""

import statistics
import time

from bench.measure import ROUNDS, Result, at_most
from bench.stage import Stage
from services.registry.register.years.endpoints import statistics as year
from shared.database.session import Database
from shared.security.auth import Caller

COUNTIES, HOUSEHOLDS = 62, 8_100  # of two persons each: counties of 16,000, a province of 1,000,000
# Changes of households that stand nowhere else: the bridge is a sum over changes. Each household is registered in
# 2014, every fifth changes in 2015 for one of five reasons, every fifteenth leaves in 2016.
_FILL = f"""
    INSERT INTO change (id, household_id, division, version, kind, reason, through, effective_on, households,
        persons, recorded_at, recorded_by)
    SELECT gen_random_uuid(), gen_random_uuid(), (220100 + county)::text || (100 + h % 9) || (200 + h % 12), 1,
        what.kind, what.reason, 'cases', what.day + h % 200, what.households, what.persons * (1 + h % 3),
        what.day + h % 200 + interval '10 hours', 'bench'
    FROM generate_series(1, $1::integer) AS county, generate_series(1, {HOUSEHOLDS}) AS h
    JOIN (VALUES ('registration', 'identified', date '2014-03-01', 1, 1, 1, 0),
        ('member_added', 'birth', date '2015-01-10', 0, 1, 25, 1),
        ('member_left', 'death', date '2015-01-10', 0, -1, 25, 2),
        ('removal', 'wrongly_included', date '2015-01-10', -1, -1, 25, 3),
        ('new_entry', 'omitted', date '2015-01-10', 1, 1, 25, 4),
        ('member_added', 'married_in', date '2015-01-10', 0, 1, 25, 5),
        ('exit', 'exited', date '2016-03-01', -1, -1, 15, 6)
    ) AS what(kind, reason, day, households, persons, every, remainder)
        ON h % what.every = CASE WHEN what.every = 1 THEN 0 ELSE what.remainder END
"""  # noqa: S608 (a number)
_CLOSES = """
    INSERT INTO year_close (division, year, closed_at, closed_by)
    SELECT (220100 + county)::text, 2014, timestamptz '2015-01-08', 'bench'
    FROM generate_series(1, $1::integer) AS county
"""


async def run(stage: Stage) -> list[Result]:
    """The year 2015, open, asked for at a county of 16,000 persons and at its province of 1,000,000."""
    await _fill(stage)
    api = Database("registry", "api", stage.settings)
    await api.start()
    try:
        county = await _seconds(api, "220101")
        province = await _seconds(api, "22")
    finally:
        await api.close()
    return [
        at_most("year_bridge_county", county * 1000, "ms for 16,000 persons", 200),
        at_most("year_bridge_province", province, "s for 1,000,000 persons", 5),
    ]


async def _fill(stage: Stage) -> None:
    async with stage.bare.acquire() as connection, connection.transaction():
        # No households behind these changes, and nothing that watches them.
        await connection.execute("SET LOCAL session_replication_role = replica")
        await connection.execute(_FILL, COUNTIES)
        await connection.execute(_CLOSES, COUNTIES)
    await stage.bare.execute("VACUUM ANALYZE change")


async def _seconds(api: Database, division: str) -> float:
    caller, took = Caller("bench", frozenset({"auditor"}), division), []
    for _ in range(ROUNDS):
        async with api.transaction(caller, purpose="bench") as session:
            began = time.perf_counter()
            answer = await year(session, 2015)
            took.append(time.perf_counter() - began)
        assert answer.opening.households >= HOUSEHOLDS
        assert len(answer.bridge) == 5
    return statistics.median(took)
