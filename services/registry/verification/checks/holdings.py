"""What data checks found about a household or this person of it."""

from sqlalchemy import text

from services.registry.register.households.holdings import MINE, Holding

HOLDINGS: tuple[Holding, ...] = (
    Holding(
        "findings",
        "数据核查发现",
        "findings of data checks",
        text(f"""
            SELECT f.check_id, f.rule, f.version, f.evidence FROM data_check r
            JOIN data_check_finding f ON f.check_id = r.id AND {MINE} ORDER BY f.check_id, f.rule
        """),  # noqa: S608 (our own words)
    ),
)
