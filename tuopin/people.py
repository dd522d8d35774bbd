"""The demonstration's people: one ready caller per role, and several where the work takes different persons."""

from shared.security.auth import ROLES, Caller

COUNTY = "220622"


def caller(role: str, *, division: str = COUNTY, subject: str | None = None) -> Caller:
    """Somebody with one role. Raises ValueError for a role that does not exist."""
    if role not in ROLES:
        raise ValueError(f"no role {role}: one of {', '.join(ROLES)}")
    return Caller(subject or role.replace("_", "-"), frozenset({role}), division)
