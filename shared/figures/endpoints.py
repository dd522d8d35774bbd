"""The figures of a service over HTTP: catalogue, value, rows."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel

from shared.figures.figure import Figure, Kind
from shared.http import paging
from shared.http.edge import Session, UnitRoute
from shared.names.money import yuan
from shared.problems import Invalid, NotFound


class FigureEntry(BaseModel):
    """A figure of the catalogue: what it is called, its unit, and the parameters that it has to be asked with."""

    figure: str
    zh: str
    en: str
    unit: str
    parameters: dict[str, Kind]


class FigureValue(BaseModel):
    """A figure's value, exact: an integer, or a decimal string; ``rows`` leads to what adds up to it."""

    figure: str
    zh: str
    en: str
    value: int | str
    unit: str
    rows: str


class FigureRow(BaseModel):
    """One row of a figure and what it adds, in the figure's unit."""

    id: str
    label: str
    adds: int | str


class NoSuchFigure(NotFound):
    slug, zh, en = "no-such-figure", "没有这个统计指标", "There is no such figure"


class ParameterWrong(Invalid):
    slug = "figure-parameter"
    zh = "统计参数“{name}”缺失或不正确"
    en = "The parameter '{name}' of this figure is missing or wrong"


class FigureRoute(UnitRoute):
    """A route that takes the parameters of the figure that it is asked for, beside its own."""

    def parameters(self, request: Request) -> frozenset[str]:
        name = request.path_params.get("name")
        figure = _figures(request).get(name) if name else None
        return self.declared | figure.parameters.keys() if figure else self.declared


router = APIRouter(prefix="/figures", tags=["figures"], route_class=FigureRoute)


@router.get("")
async def catalogue(request: Request) -> list[FigureEntry]:
    """The figures of this service: names, units, and what each is asked with."""
    return [
        FigureEntry(figure=name, zh=one.zh, en=one.en, unit=one.unit, parameters=dict(one.parameters))
        for name, one in _figures(request).items()
    ]


@router.get("/{name}")
async def value(session: Session, request: Request, name: str) -> FigureValue:
    """A figure, counted from rows at this moment."""
    figure, given = _find(request, name)
    statement = figure.statement(f"SELECT coalesce(sum(adds), 0) FROM ({figure.rows}) AS counted")  # noqa: S608 (our own SQL)
    total = (await session.execute(statement, given)).scalar_one()
    rows = f"{request.scope['root_path']}/figures/{name}/rows"
    return FigureValue(
        figure=name,
        zh=figure.zh,
        en=figure.en,
        value=_shown(figure, total),
        unit=figure.unit,
        rows=f"{rows}?{request.url.query}" if request.url.query else rows,
    )


@router.get("/{name}/rows")
async def rows(
    session: Session, request: Request, name: str, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[FigureRow]:
    """What adds up to a figure, in a stable order."""
    figure, given = _find(request, name)
    after = paging.decode(cursor, 1)
    statement = figure.statement(
        f"SELECT id, label, adds FROM ({figure.rows}) AS counted"  # noqa: S608 (our own SQL)
        " WHERE CAST(:after AS text) IS NULL OR id > :after ORDER BY id LIMIT :limit"
    )
    bound = {**given, "after": after[0] if after else None, "limit": limit + 1}
    found = (await session.execute(statement, bound)).all()
    items = [FigureRow(id=row.id, label=row.label, adds=_shown(figure, row.adds)) for row in found]
    return paging.page(items, limit, [items[limit - 1].id] if len(items) > limit else None)


def _figures(request: Request) -> Mapping[str, Figure]:
    figures: Mapping[str, Figure] = request.app.state.figures
    return figures


def _find(request: Request, name: str) -> tuple[Figure, dict[str, Any]]:
    figure = _figures(request).get(name)
    if figure is None:
        raise NoSuchFigure(field="name")
    given: dict[str, Any] = {}
    for parameter, kind in figure.parameters.items():
        try:
            given[parameter] = _parse(kind, request.query_params[parameter])
        except (KeyError, ValueError) as error:
            raise ParameterWrong(field=parameter, rule=kind, name=parameter) from error
    return figure, given


def _parse(kind: Kind, given: str) -> Any:
    match kind:
        case "integer":
            number = int(given)
            if abs(number) >= 2**31:
                raise ValueError
            return number
        case "date":
            return date.fromisoformat(given)
        case "text":
            if not given.isprintable():
                raise ValueError
            return given


def _shown(figure: Figure, total: Any) -> int | str:
    if figure.unit == "yuan":
        return yuan(int(total))
    return int(total) if total == int(total) else format(Decimal(total).normalize(), "f")
