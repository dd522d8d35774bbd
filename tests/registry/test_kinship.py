"""Kinship as arithmetic: whoever changes the head and changes it back finds everybody related as before."""

from itertools import product

import pytest

from services.registry.register.changes.kinship import Kin, relations
from services.registry.register.codes import sex_of_relation, ways

OPPOSITE = {"男": "女", "女": "男"}
# A man has no parents of his husband, a woman none of her wife.
NEVER = {"男": {"之公公", "之婆婆"}, "女": {"之岳父", "之岳母"}}


def kin(relation: str, head: Kin) -> Kin:
    return Kin(relation, sex_of_relation().get(relation) or OPPOSITE[head.sex or ""])


@pytest.mark.parametrize("sex", ["男", "女"])
def test_changing_the_head_and_back_leads_to_what_everybody_was_before(sex: str):
    head = Kin("户主", sex)
    fitting = [relation for relation in ways() if relation not in NEVER[sex]]
    compared = 0
    for new, other in product(fitting, fitting):
        successor, somebody = kin(new, head), kin(other, head)
        [was_head] = relations(head, successor, head)
        for now in relations(head, successor, somebody):
            if was_head == "其他" or now == "其他":
                continue
            back = relations(Kin("户主", successor.sex), Kin(was_head, sex), Kin(now, somebody.sex))
            assert other in back, (new, other, now, back)
            compared += 1
    assert compared > 80


@pytest.mark.parametrize("sex", ["男", "女"])
def test_what_somebody_may_be_fits_their_sex(sex: str):
    head = Kin("户主", sex)
    for new, other in product(ways(), ways()):
        if {new, other} & NEVER[sex]:
            continue
        somebody = kin(other, head)
        for relation in relations(head, kin(new, head), somebody):
            assert sex_of_relation().get(relation) in (None, somebody.sex), (new, other, relation)


def test_nothing_is_said_of_somebody_whose_relation_says_nothing():
    head, other = Kin("户主", "男"), Kin("其他", "女")
    assert relations(head, Kin("之子", "男"), other) == ()
    assert relations(head, other, Kin("之子", "男")) == ()


def test_nothing_is_said_where_it_depends_on_a_sex_that_is_not_known():
    head = Kin("户主", None)
    assert relations(head, Kin("之子", "男"), head) == ()
    assert relations(head, Kin("之子", "男"), Kin("配偶", None)) == ()
