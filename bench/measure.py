"""Rounds, medians and the results file."""

import json
import statistics
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from pathlib import Path

ROUNDS = 5
RESULTS = Path(__file__).parent / "results.json"
Measured = Callable[[], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Result:
    """One figure: the subject's value, the baseline's, their ratio, what was aimed at, and whether it was met."""

    name: str
    value: float
    unit: str
    baseline: float | None
    ratio: float | None
    goal: str
    ok: bool


async def interleaved(subject: Measured, baseline: Measured) -> tuple[float, float]:
    """Medians of subject and baseline, measured in turns so that a noisy machine disturbs both."""
    pairs = [(await subject(), await baseline()) for _ in range(ROUNDS)]
    return statistics.median(pair[0] for pair in pairs), statistics.median(pair[1] for pair in pairs)


async def against(name: str, unit: str, subject: Measured, baseline: Measured, goal: float) -> Result:
    """A rate as a ratio to its baseline's; the goal is the smallest ratio."""
    value, bare = await interleaved(subject, baseline)
    ratio = round(value / bare, 2)
    return Result(name, round(value, 1), unit, round(bare, 1), ratio, f"ratio >= {goal}", ratio >= goal)


def at_least(name: str, value: float, unit: str, goal: float, baseline: float | None = None) -> Result:
    """A figure with a goal of its own."""
    ratio = round(value / baseline, 3) if baseline else None
    return Result(
        name, round(value, 1), unit, round(baseline, 1) if baseline else None, ratio, f">= {goal}", value >= goal
    )


def at_most(name: str, value: float, unit: str, goal: float) -> Result:
    """A figure that should stay below its goal."""
    return Result(name, round(value, 3), unit, None, None, f"<= {goal}", value <= goal)


def write(results: list[Result]) -> None:
    """Keep the figures of this run; those of benchmarks that did not run stay as they are."""
    kept = {row["name"]: row for row in json.loads(RESULTS.read_text())} if RESULTS.exists() else {}
    kept |= {result.name: asdict(result) for result in results}
    RESULTS.write_text(json.dumps(list(kept.values()), ensure_ascii=False, indent=2) + "\n")
