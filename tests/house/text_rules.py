"""House rules that are seen in the text of a file."""

import re
from collections.abc import Iterator

from tests.house.tree import Source

LONGEST = 400
_UNFINISHED = re.compile(
    r"\b(TO[D]O|FI[X]ME|X[X]X|NotImplemented[E]rror)\b"
    r"|pytest\.mark\.(ski[p]|xfai[l])\("
    r"|#\s*type:\s*ignor[e]\s*$|#\s*noq[a]\s*$",
    re.MULTILINE,
)
_MACHINE = re.compile(r"(?<![\w.~$}-])/(?:home|root|Users|work|farm|mnt|srv)/")
_SEED_COUNTY = re.compile(r"220622")
_REGISTRY = re.compile(r"https?://[^\s\"']*(?:maven|pypi|pythonhosted|npmjs|golang|crates|debian)[^\s\"']*/")
# A table with stretches of time, and in the same statement the words of its view.
_NOW = re.compile(
    r"\b(?:FROM|JOIN)\s+(?:membership|household_state|feed_record)\b(?=[^;\"]*\bsuperseded_at\s+IS\s+NULL\b(?! OR))"
    r"|\b(?:FROM|JOIN)\s+division\b(?=[^;\"]*(?:WHERE|AND|OR|\()\s*(?:\w+\.)?valid_to\s+IS\s+NULL\b)"
)


def _matches(pattern: re.Pattern[str], source: Source) -> Iterator[str]:
    for found in pattern.finditer(source.text):
        line = source.text.count("\n", 0, found.start()) + 1
        yield f"{source.path}:{line} {found[0].strip()}"


def nothing_is_unfinished_or_silenced(source: Source) -> Iterator[str]:
    """No marks for later, no test put aside, no warning silenced without its name."""
    if source.code:
        yield from _matches(_UNFINISHED, source)


def what_is_so_now_is_read_from_a_view(source: Source) -> Iterator[str]:
    """Who lives where now, which division exists today: said once, by the noun that owns the table."""
    if source.under("services") and source.code and "views" not in source.parts and "divisions" not in source.parts:
        yield from _matches(_NOW, source)


def no_path_of_one_machine(source: Source) -> Iterator[str]:
    """The tree works wherever it lies."""
    return _matches(_MACHINE, source)


def no_address_of_a_package_registry(source: Source) -> Iterator[str]:
    """Where packages come from is the business of the machine."""
    return _matches(_REGISTRY, source)


def no_county_in_product_defaults(source: Source) -> Iterator[str]:
    """The product is every county's: what one rules for itself stands in the file of its division."""
    own = "divisions" in source.parts or source.path == "tuopin/demonstration.py"
    if source.under("services", "shared", "tuopin") and not own:
        yield from _matches(_SEED_COUNTY, source)


def a_file_is_at_most_400_lines(source: Source) -> Iterator[str]:
    """Longer ones are split by use case."""
    lines = source.text.count("\n")
    if source.code and lines > LONGEST:
        yield f"{source.path} {lines} lines"
