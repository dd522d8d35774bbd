"""Refusals: both languages say the same, and no code of a program stands in a Chinese sentence."""

import importlib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from string import Formatter

import pytest

import services
import shared
from shared.figures.service import PARAMETERS
from shared.names.words import LEVELS, PURPOSES, ROLES
from shared.problems import Conflict, Problem
from shared.security.access import load
from shared.security.auth import ROLES as KNOWN_ROLES
from shared.service import Service
from shared.words import Name, Word, words
from tests.conftest import SERVICES
from tests.support.wording import HAN, LATIN, PROPER

STATES = words(paid=("已兑付", "paid"))


class Late(Conflict):
    slug, zh, en = "late", "该笔奖补{state}，须待{until}后由{who}办理", "It is {state}; after {until} {who} may"
    state: Word
    until: date
    who: tuple[Name, ...]


def refusals(kind: type[Problem] = Problem) -> Iterator[type[Problem]]:
    """Every refusal of the house: those of modules that nothing else has imported yet as well."""
    for package in (services, shared):
        root = Path(next(iter(package.__path__)))
        for file in root.rglob("*.py"):
            parts = file.relative_to(root.parent).with_suffix("").parts
            if "database" not in parts[2:3] or "migrations" not in parts:
                importlib.import_module(".".join(parts).removesuffix(".__init__"))
    yield from sorted(_below(kind), key=lambda one: one.__qualname__)


def _below(kind: type[Problem]) -> set[type[Problem]]:
    return {kind}.union(*map(_below, kind.__subclasses__()))


def placeholders(sentence: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(sentence) if field}


def fixed(sentence: str) -> str:
    """What a sentence always says."""
    return "".join(said for said, _, _, _ in Formatter().parse(sentence))


def test_modules_that_nothing_else_imports_are_read_too():
    found = {one.__module__.partition(".")[0] + "." + one.__module__.split(".")[1] for one in refusals()}
    assert found >= {"services.registry", "services.funding", "services.projects", "services.evaluation"}
    assert len(list(refusals())) > 350


def test_what_a_refusal_says_in_chinese_it_says_in_english():
    assert {one.__qualname__ for one in refusals() if placeholders(one.zh) != placeholders(one.en)} == set()


def test_what_stands_in_a_sentence_is_declared():
    assert {one.__qualname__ for one in refusals() if placeholders(one.zh) - set(one.handed)} == set()


def test_a_chinese_sentence_is_chinese_and_an_english_one_is_english():
    assert {one.zh for one in refusals() if LATIN.search(PROPER.sub("", fixed(one.zh)))} == set()
    assert {one.en for one in refusals() if HAN.search(fixed(one.en))} == set()


def test_a_code_is_said_in_words_to_every_reader_and_stays_a_code_for_programs():
    refusal = Late(state=STATES["paid"], until=date(2016, 5, 3), who=(Name("王伟"), Name("李强")))
    assert refusal.sentence("zh") == "该笔奖补已兑付，须待2016-05-03后由王伟、李强办理"
    assert refusal.sentence("en") == str(refusal) == "It is paid; after 2016-05-03 王伟, 李强 may"
    document = refusal.document()
    assert (document["state"], document["until"], document["who"]) == ("paid", "2016-05-03", ["王伟", "李强"])


def test_a_value_does_not_overwrite_a_member_of_the_document():
    with pytest.raises(TypeError, match="title"):
        type("Wrong", (Conflict,), {"__annotations__": {"title": Word}})


@pytest.mark.parametrize("service", SERVICES, ids=lambda one: one.name)
def test_levels_roles_purposes_and_parameters_have_words(service: Service):
    rows = [row for file in service.access_files for row in load(file).values()]
    assert {row.purpose for row in rows} <= PURPOSES.keys()
    assert {row.level for row in rows} <= LEVELS.keys()
    assert set(KNOWN_ROLES) == ROLES.keys()
    assert {one for figure in service.figures.values() for one in figure.parameters} <= PARAMETERS.keys()
