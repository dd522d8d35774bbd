"""The tree keeps the rules of the house, and each rule catches what it is there for."""

from pathlib import Path

import pytest
import yaml

from tests.house.rules import RULES
from tests.house.tree import Source, sources

EXAMPLES = yaml.safe_load((Path(__file__).parent / "examples.yaml").read_text())


def _examples(kind: str) -> list[object]:
    return [
        pytest.param(rule, Source(example["path"], example["text"] * example.get("times", 1)), id=f"{rule} {n}")
        for rule, examples in EXAMPLES.items()
        for n, example in enumerate(examples[kind], 1)
    ]


@pytest.fixture(scope="module")
def tree() -> list[Source]:
    return sources()


@pytest.mark.parametrize("rule", RULES)
def test_the_tree_keeps_the_rule(rule: str, tree: list[Source]):
    assert [violation for source in tree for violation in RULES[rule](source)] == []


@pytest.mark.parametrize(("rule", "source"), _examples("caught"))
def test_a_violation_is_caught(rule: str, source: Source):
    assert list(RULES[rule](source))


@pytest.mark.parametrize(("rule", "source"), _examples("fine"))
def test_what_the_rule_allows_is_left_alone(rule: str, source: Source):
    assert list(RULES[rule](source)) == []


def test_every_rule_has_an_example_of_what_it_catches():
    assert EXAMPLES.keys() == RULES.keys()
