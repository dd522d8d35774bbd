"""Count figures, and list what adds up to them."""

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from shared.figures.figure import Figure, Kind, Places
from shared.figures.schemas import FigureRow
from shared.http import paging
from shared.names.money import yuan
from shared.problems import Invalid, NotFound
from shared.words import Word, words

_CODE = re.compile(r"[0-9]{6}([0-9]{3}){0,2}")  # of a county, town or village
PARAMETERS = words(
    year=("年度", "year"),
    on=("日期", "day"),
    reason=("变更原因", "reason"),
    result=("核查结果", "result"),
    status=("状态", "status"),
    kind=("类型", "kind"),
    form=("形式", "form"),
    role=("岗位", "post"),
    post=("岗位", "post"),
    batch=("措施类别", "kind of measure"),
    rule=("核查规则", "rule"),
    verdict=("核实结论", "verdict"),
)


class NoSuchFigure(NotFound):
    slug, zh, en = "no-such-figure", "没有这个统计指标", "There is no such figure"


class ParameterWrong(Invalid):
    slug = "figure-parameter"
    zh = "{name}未填或填写有误"
    en = "The {name} is missing or wrong"
    name: Word


def asked(figures: Mapping[str, Figure], name: str, query: Mapping[str, str]) -> tuple[Figure, dict[str, object]]:
    """A figure and its parameters as they are asked for. Raises NoSuchFigure, ParameterWrong."""
    figure = figures.get(name)
    if figure is None:
        raise NoSuchFigure(field="name")
    given: dict[str, object] = {}
    for parameter, kind in figure.parameters.items():
        try:
            given[parameter] = _parse(kind, query[parameter])
        except (KeyError, ValueError) as error:
            raise ParameterWrong(field=parameter, rule=kind, name=PARAMETERS[parameter]) from error
    return figure, given


async def value(session: AsyncSession, figure: Figure, given: Mapping[str, object]) -> int | str:
    """A figure, counted from its rows at this moment."""
    statement = figure.statement(f"SELECT coalesce(sum(adds), 0) FROM ({figure.rows}) AS counted")  # noqa: S608 (our own SQL)
    return _shown(figure, (await session.execute(statement, given)).scalar_one())


async def rows(
    session: AsyncSession,
    figure: Figure,
    given: Mapping[str, object],
    places: Places,
    *,
    limit: int,
    cursor: str | None,
) -> paging.Page[FigureRow]:
    """What adds up to a figure, in a stable order; codes in the labels, those of divisions too, are said in words."""
    after = paging.decode(cursor, 1)
    statement = figure.statement(
        f"SELECT id, label, adds FROM ({figure.rows}) AS counted"  # noqa: S608 (our own SQL)
        " WHERE CAST(:after AS text) IS NULL OR id > :after ORDER BY id LIMIT :limit"
    )
    bound = {**given, "after": after[0] if after else None, "limit": limit + 1}
    found = (await session.execute(statement, bound)).all()
    codes = {part for row in found for part in row.label.split(" ") if _CODE.fullmatch(part)}
    named = await places(session, codes) if codes else {}
    items = [_row(figure, named, row.id, row.label, row.adds) for row in found]
    return paging.page(items, limit, lambda last: [last.id])


def _row(figure: Figure, named: Mapping[str, str], id: str, label: str, adds: Decimal | int) -> FigureRow:
    label = " ".join(named.get(part, part) for part in label.split(" "))
    zh, en = figure.called(label, "zh"), figure.called(label, "en")
    return FigureRow(id=id, label=zh, label_en=en, adds=_shown(figure, adds))


def _parse(kind: Kind, given: str) -> int | date | str:
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


def _shown(figure: Figure, total: Decimal | int) -> int | str:
    if figure.unit == "yuan":
        return yuan(int(total))
    return int(total) if total == int(total) else format(Decimal(total).normalize(), "f")
