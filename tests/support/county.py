"""The demonstration county of a seed, made once for all tests of a process; nobody changes it."""

from functools import cache

import pytest

from demo.generator.county import County, generate

SEEDS = pytest.mark.parametrize("seed", [2015, 7])


@cache
def county(seed: int = 2015) -> County:
    return generate(seed)
