"""Who has handled a matter does not approve it, however they write their name."""

import pytest

from shared.workflow.separation import APPROVE, SamePerson, keep_apart


@pytest.mark.parametrize("spelling", ["wang", "Wang", "WANG ", " wang"])
def test_a_person_in_another_spelling_is_the_same_person(spelling: str):
    with pytest.raises(SamePerson) as refusal:
        keep_apart(spelling, ["li", "wang"], APPROVE)
    assert refusal.value.sentence("zh") == "经办人不得审批本人经办事项"


def test_somebody_else_may_approve_where_nobody_did_an_earlier_part():
    keep_apart("zhao", ["li", None], APPROVE)
