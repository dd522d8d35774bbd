"""Under what a name can be found: its characters, pairs of syllables, and initials. Pure.

A name of three characters has six grams, one of two has four: 王小明 is kept under 王, 小, 明, ``wangxiao``,
``xiaoming`` and ``=wxm``. A single syllable is unfolded to its characters when somebody looks for it, so it needs
none of its own.
"""

from functools import lru_cache
from itertools import pairwise, product

from shared.names.forms import standard
from shared.names.readings import readings, surnames, usual

LONGEST = 20  # characters of a name that are kept
INITIALS = 3  # initials that are kept


def normalise(name: str) -> str:
    """A name as it is compared: half-width, small letters, nothing but characters, letters and digits."""
    return "".join(filter(str.isalnum, standard(name).lower()))


@lru_cache(maxsize=100_000)
def sound(name: str) -> str:
    """A name as it is spoken, by usual readings, whatever word they make: 王伟 and 王玮 are "wang wei"."""
    return " ".join(usual(character) for character in normalise(name))


@lru_cache(maxsize=20_000)
def grams(name: str) -> tuple[str, ...]:
    """What a person of this name is kept under, each once."""
    kept = normalise(name)[:LONGEST]
    if kept[:1] not in surnames() and kept[:2] not in surnames():
        # Most names: one reading a character.
        said = [usual(character) for character in kept]
        pairs = [a + b for a, b in pairwise(said)]
        return tuple(dict.fromkeys([*kept, *pairs, "=" + "".join([one[0] for one in said[:INITIALS]])]))
    spoken = [readings(kept, position) for position in range(len(kept))]
    pairs = [a + b for one, two in pairwise(spoken) for a, b in product(one, two)]
    heads = ["=" + "".join(one) for one in product(*([r[0] for r in one] for one in spoken[:INITIALS]))]
    return tuple(dict.fromkeys([*kept, *pairs, *heads]))
