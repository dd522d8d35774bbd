"""Policies 政策参数: rules that a government may change, as dated, division-scoped, versioned data.

A decision resolves the policy in force on a day for a division (the nearest division wins, then the latest date, then
the highest version), stores its id and version, and thereby makes that version final: the database refuses to change
it. The first versions come from files (``files``); after them people set new ones (``shared.rulemaking``).
"""

from shared.policy.queries import NoPolicy, resolve, resolve_all
from shared.policy.records import Policy, Reference

__all__ = ["NoPolicy", "Policy", "Reference", "resolve", "resolve_all"]
