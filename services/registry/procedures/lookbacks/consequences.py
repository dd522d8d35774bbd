"""Open rounds go over to what their division became; their scope and results go along with the households."""

from services.registry.register.changes.consequences import Consequence, goes_along
from services.registry.register.divisions.consequences import DivisionConsequence, goes_over

_ROUND_OPEN = "EXISTS (SELECT FROM lookback_round x WHERE x.id = r.round_id AND x.status = 'open')"
_SIGNED = {"lookback_signature": "result_id"}
CONSEQUENCES: tuple[Consequence, ...] = (
    goes_along("lookback_household", _ROUND_OPEN),
    goes_along("lookback_result", _ROUND_OPEN, parts=_SIGNED),
)
DIVISION_CONSEQUENCES: tuple[DivisionConsequence, ...] = (
    goes_over("lookback_round", "r.status = 'open'"),
    # A household that was left out is on no register yet, so it has nothing to go along with.
    goes_over("lookback_result", f"r.result = 'included' AND r.status = 'recorded' AND {_ROUND_OPEN}", parts=_SIGNED),
)
