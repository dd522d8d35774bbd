"""The figures of a service over HTTP: catalogue, value, rows."""

from collections.abc import Mapping

from fastapi import APIRouter, Request

from shared.figures import service
from shared.figures.figure import Figure
from shared.figures.schemas import FigureEntry, FigureRow, FigureValue
from shared.http import paging
from shared.http.edge import Session, UnitRoute


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
    figure, given = service.asked(_figures(request), name, request.query_params)
    counted = await service.value(session, figure, given)
    rows = f"{request.scope['root_path']}/figures/{name}/rows"
    return FigureValue(
        figure=name,
        zh=figure.zh,
        en=figure.en,
        value=counted,
        unit=figure.unit,
        rows=f"{rows}?{request.url.query}" if request.url.query else rows,
    )


@router.get("/{name}/rows")
async def rows(
    session: Session, request: Request, name: str, limit: paging.Limit = 200, cursor: paging.Cursor = None
) -> paging.Page[FigureRow]:
    """What adds up to a figure, in a stable order."""
    figure, given = service.asked(_figures(request), name, request.query_params)
    return await service.rows(session, figure, given, request.app.state.places, limit=limit, cursor=cursor)


def _figures(request: Request) -> Mapping[str, Figure]:
    figures: Mapping[str, Figure] = request.app.state.figures
    return figures
