"""Figures over the wire."""

from pydantic import BaseModel

from shared.figures.figure import Kind


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
    """One row of a figure, in Chinese and English, and what it adds, in the figure's unit."""

    id: str
    label: str
    label_en: str
    adds: int | str
