"""Workbooks: what arrives is distrusted, read outside this process, and what leaves never starts a formula.

``container`` looks at the file before anything opens it, ``reading`` turns its first sheet into lines of CSV in a
process with limits of its own, ``writing`` makes workbooks whose rows are streamed.
"""

from shared.sheets.container import check
from shared.sheets.reading import lines
from shared.sheets.writing import Workbook

__all__ = ["Workbook", "check", "lines"]
