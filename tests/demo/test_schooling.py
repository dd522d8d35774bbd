"""The classes of pupils follow their age and the school year."""

from tests.support.county import SEEDS, county

COMPULSORY = {**dict.fromkeys(range(6, 12), "小学"), 12: "七年级", 13: "八年级", 14: "九年级"}


@SEEDS
def test_in_the_school_year_of_2016_everybody_of_school_age_is_in_the_class_of_their_age(seed):
    made = county(seed)
    wrong = set().union(*made.mistakes.values())
    now = {one.person.id: one.school for one in made.pupils}
    counted = 0
    for home in made.remaining:
        for one in home.members:
            age = 2016 - one.born.year
            if age in COMPULSORY and not {home.id, one.id} & wrong and home.identified_on.year < 2016:
                assert now.get(one.id, one.school) == COMPULSORY[age]
                counted += 1
    assert counted > 600


@SEEDS
def test_who_leaves_school_has_learnt_something_and_works_and_the_cause_still_fits(seed):
    made = county(seed)
    left = [one for one in made.pupils if one.school == "非在校生"]
    assert len(left) > 40
    for one in left:
        assert one.education in ("高中", "大专")
        assert one.labour == ("丧失劳动力" if one.person.health == "残疾" else "普通劳动力")
        assert one.household.cause not in ("因学", "缺劳动力")
    for one in made.pupils:
        if one not in left:
            assert (one.education, one.labour) == (None, None)
