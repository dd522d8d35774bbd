"""A process of its own: a checked workbook on standard input, the rows of its sheets as CSV on standard output.

Its memory and time are limited by the system, so whatever a workbook does to the reader it does to this process only.
The last line on standard error is ``{}``, or the slug of a problem.
"""

import json
import resource
import sys
from typing import IO

from shared.problems import Problem
from shared.sheets import old, page, xlsx
from shared.sheets.container import check, kind_of, measure
from shared.sheets.problems import LineTooLong, TooManyRows
from shared.sheets.rows import Rows

MEMORY, SECONDS = 1 << 30, 120


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    said: dict[str, str | int] = {}
    try:
        convert(sys.stdin.buffer.read(), sys.stdout)
    except Problem as problem:
        said = {"slug": problem.slug}
        if isinstance(problem, LineTooLong):
            said["line"] = problem.line
    except MemoryError:
        said = {"slug": TooManyRows.slug}
    sys.stdout.flush()
    sys.stderr.write("\n" + json.dumps(said))


def convert(data: bytes, out: IO[str]) -> None:
    """Write the rows of every visible sheet, as ``rows`` describes."""
    check(data)
    rows = Rows(out)
    match kind_of(data):
        case "workbook":
            measure(data)
            xlsx.read(data, rows)
        case "old":
            old.read(data, rows)
        case _:
            page.read(data, rows)


if __name__ == "__main__":
    main()
