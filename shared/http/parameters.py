"""Query parameters that a route does not declare are refused: a filter that is misspelt would widen the answer."""

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from fastapi.dependencies.models import Dependant
from pydantic import BaseModel
from starlette.requests import Request

from shared.problems import Invalid

_SHOWN = 60


class UnknownParameter(Invalid):
    """``field`` is the parameter's name, ``known`` the nearest ones, or all where none is near."""

    slug = "unknown-parameter"
    zh = "没有这一查询条件，请核对名称"
    en = "There is no such query parameter; look at its name"
    known: str


def declared(dependant: Dependant) -> Iterator[str]:
    """The names of the query parameters of an endpoint and of what it depends on."""
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):  # a model whose fields are the parameters
            yield from (field.alias or name for name, field in kind.model_fields.items())
        else:
            yield parameter.alias
    for further in dependant.dependencies:
        yield from declared(further)


def check(request: Request, known: Iterable[str]) -> None:
    """Raises UnknownParameter (422) for the first parameter of a request that is not among the known ones."""
    if not request.scope["query_string"]:
        return
    names = set(known)
    for name in request.query_params:
        if name not in names:
            near = get_close_matches(name, names) or sorted(names)
            raise UnknownParameter(field=name[:_SHOWN], rule="a parameter of this address", known=", ".join(near))
