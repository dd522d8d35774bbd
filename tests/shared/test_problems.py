"""Refusals: both languages say the same, and no code of a program stands in a Chinese sentence."""

import importlib
import pkgutil
from collections.abc import Iterator
from string import Formatter
from types import MappingProxyType

import services
import shared
from shared.problems import Conflict, Problem


def refusals(kind: type[Problem]) -> Iterator[type[Problem]]:
    for one in kind.__subclasses__():
        yield one
        yield from refusals(one)


def named(sentence: str) -> set[str]:
    fields = (field for _, field, _, _ in Formatter().parse(sentence) if field)
    return {field.removesuffix("_zh").removesuffix("_en") for field in fields}


def test_what_a_refusal_says_in_chinese_it_says_in_english():
    for package in (services, shared):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if "migration" not in module.name:
                importlib.import_module(module.name)
    assert {one.__qualname__: (one.zh, one.en) for one in refusals(Problem) if named(one.zh) != named(one.en)} == {}


def test_a_code_is_said_in_words_to_whoever_reads_chinese():
    class Late(Conflict):
        slug, zh, en = "late", "当前状态为{state}", "It is {state}"
        words = MappingProxyType({"paid": "已兑付"})

    refusal = Late(state="paid")
    assert [refusal.sentence(language) for language in ("zh", "en")] == ["当前状态为已兑付", "It is paid"]
    assert refusal.document()["state"] == "paid"
