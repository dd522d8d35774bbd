"""The spring of 2017 in the demonstration county: hand-overs, births and a merger, and every count stays."""

from demo.generator.lives import BIRTHS, CORRECTED, CORRECTION_TOLD, HANDOVERS, TOLD
from tests.support.county import SEEDS, county


@SEEDS
def test_heads_hand_over_to_a_son_who_works_and_everybody_is_related_to_him(seed):
    handovers = county(seed).lives.handovers
    assert len(handovers) == HANDOVERS
    for change in handovers:
        head, *others = change.household.members
        assert change.successor is head
        assert head.relation == "户主"
        assert head.labour in ("普通劳动力", "技能劳动力")
        assert change.relations == {one.id: one.relation for one in others}
        assert {"之父", "之母"} & set(change.relations.values())


@SEEDS
def test_children_are_born_in_households_that_left_poverty(seed):
    made = county(seed)
    exited = {case.household.id for case in made.exits if case.refused_for is None}
    assert len(made.lives.births) == BIRTHS
    for change in made.lives.births:
        assert change.household.id in exited
        assert change.member.born == change.day
        father = next(one for one in change.household.members if one.kin is change.member.kin.father)
        assert change.member.name[0] == father.name[0]


@SEEDS
def test_the_old_whose_deaths_are_told_late_are_no_heads_and_their_households_live_on(seed):
    in_a_closed_year, before_a_correction = county(seed).lives.late
    assert in_a_closed_year.day.year == 2016
    assert before_a_correction.day < CORRECTED < CORRECTION_TOLD < TOLD
    for change in (in_a_closed_year, before_a_correction):
        assert change.leaves.relation != "户主"
        assert change.leaves.age(change.day) > 70
        assert change.leaves not in change.household.members
        assert change.household.fits()


@SEEDS
def test_one_village_becomes_part_of_another_of_its_town_and_as_many_come_in_as_go(seed):
    made = county(seed)
    merger = made.lives.merger
    assert merger.village[:9] == merger.into[:9]
    assert merger.village not in {project.village for project in made.projects}
    assert [case.procedure for case in merger.cases] == ["inclusion", "removal"]
    coming, going = (case.household for case in merger.cases)
    assert coming.village == going.village == merger.village
    assert going.id not in {home.id for home in made.remaining}
    assert str(coming.id) in made.homes
    assert len(made.remaining) == 5767 + 1579
