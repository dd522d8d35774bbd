"""What the schemas of every service are made of: texts as people write them, each kind with its length, defined once.

A text is stripped before it is measured, so blanks alone are no text; none holds anybody's number.
"""

from typing import Annotated

from fastapi import Header
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from shared.names.forms import free_text, name_form


def _text(least: int, most: int) -> StringConstraints:
    return StringConstraints(strip_whitespace=True, min_length=least, max_length=most)


def _in_form(said: object) -> object:
    return name_form(said) if isinstance(said, str) else said


_FREE = AfterValidator(free_text)
Name = Annotated[str, _text(1, 50), _FREE]  # of a village, an office, whoever is named on a form
PersonName = Annotated[str, _text(1, 50), BeforeValidator(_in_form), _FREE]  # of somebody registered, in its one form
Title = Annotated[str, _text(1, 80), _FREE]  # of an organisation, a project, a source of money
Place = Annotated[str, _text(2, 100), _FREE]  # where something hangs, is kept, took place
Text = Annotated[str, _text(2, 500), _FREE]  # a ground, a reason, a note, an opinion
LongText = Annotated[str, _text(2, 2000), _FREE]  # an account of what was found or done
Sealed = Annotated[str, _text(2, 500)]  # what is kept encrypted and may hold a number
Reason = Annotated[str, _text(5, 500), _FREE]  # why somebody looks at what is shown to few
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9+ -]{5,20}$")]
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]  # SHA-256 of a file's content
Subject = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,100}$")]  # who somebody is in their token
IfMatch = Annotated[str | None, Header(max_length=40)]
