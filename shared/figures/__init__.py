"""Figures that can be opened: a number, and page by page the rows that add up to it.

A service declares a figure as one SQL query over its own rows, of columns ``id`` (text, unique, the page order),
``label`` and ``adds`` (what the row contributes). The value is the sum of ``adds`` and the drill-down is the query
itself, so the two cannot disagree. Row-level security confines both to the caller's division.
"""

from shared.figures.figure import Figure

__all__ = ["Figure"]
