"""Whether a value looks like those that a policy had before, so that the code that reads it finds what it looks for.

A policy's values are JSON. Numbers stay numbers, amounts in text stay amounts, lists hold what they held, a record
keeps its fields. A text without blanks in small ASCII letters is a code that the program knows, so none is taken that
was not seen before; every other text is free. The same holds of keys: small ASCII ones are the fields of a record,
others (in Chinese) are the entries of a catalogue, which come and go.
"""

import re
from collections.abc import Iterable, Sequence

_CODE = re.compile(r"[a-z][a-z0-9_.]*")
_AMOUNT = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_IN_WORDS = {"zh", "en"}  # fields that hold a sentence, even if it is of one word


def misfit(value: object, examples: Sequence[object], path: str = "value") -> str | None:
    """Where a value first differs in form from every example; None where it does not."""
    alike = [one for one in examples if _kind(one) == _kind(value)]
    if not alike:
        return path
    match value:
        case dict():
            return _record(value, [one for one in alike if isinstance(one, dict)], path)
        case list():
            return _listed(value, [one for one in alike if isinstance(one, list)], path)
        case str():
            code = _is_code(value) and path.rpartition(".")[2] not in _IN_WORDS
            return path if (code or not value.strip()) and value not in alike else None
        case int() if not isinstance(value, bool):
            below = value < 0 and all(isinstance(one, int) and one >= 0 for one in alike)
            return path if below else None
    return None


def _record(value: dict[str, object], alike: list[dict[str, object]], path: str) -> str | None:
    fields = [{key for key in one if _is_code(key)} for one in alike]
    given = {key for key in value if _is_code(key)}
    if unknown := sorted((given - set().union(*fields)) | (set.intersection(*fields) - given)):
        return f"{path}.{unknown[0]}"
    words = value.keys() - given
    entries = [of for one in alike for key, of in one.items() if not _is_code(key)]
    if words and not entries:
        return f"{path}.{min(words)}"
    inside = [(key, [one[key] for one in alike if key in one] if key in given else entries) for key in sorted(value)]
    return _first(misfit(value[key], examples, f"{path}.{key}") for key, examples in inside)


def _listed(value: list[object], alike: list[list[object]], path: str) -> str | None:
    if not value:
        return None if [] in alike else path
    examples = [one for some in alike for one in some]
    return _first(misfit(one, examples, f"{path}[{position}]") for position, one in enumerate(value))


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "bool"
        case int():
            return "int"
        case str():
            return "amount" if _AMOUNT.fullmatch(value) else "text"
    return type(value).__name__


def _is_code(text: str) -> bool:
    return _CODE.fullmatch(text) is not None


def _first(found: Iterable[str | None]) -> str | None:
    return next((one for one in found if one is not None), None)
