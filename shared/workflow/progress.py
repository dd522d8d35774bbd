"""How far a case is, step by step, and what the present step still takes, in words. Pure."""

from datetime import date
from typing import Literal

from pydantic import BaseModel

from shared.words import say
from shared.workflow import judges, rules
from shared.workflow.case import Case, Json
from shared.workflow.kinds import Procedures
from shared.workflow.procedure import DECIDED, Step

# ``dropped``: the case was decided before this step was reached.
State = Literal["done", "due", "running", "waiting", "dropped"]


class StepState(BaseModel):
    """A step of the procedure and how it stands; ``missing`` says in words what it still takes."""

    step: str
    kind: str
    zh: str
    en: str
    level: str
    state: State
    due_on: date | None
    done_on: date | None
    done_by: list[str]
    records: list[dict[str, Json]]
    missing_zh: str | None
    missing_en: str | None


def of_steps(case: Case, procedures: Procedures, counts: tuple[int, int] | None) -> list[StepState]:
    """Every step of a case. ``counts`` are the spot checks of its batch: how many were drawn, how many are done."""
    return [_state(case, procedures, place, counts) for place in range(len(case.steps))]


def _state(case: Case, procedures: Procedures, place: int, counts: tuple[int, int] | None) -> StepState:
    step, made = case.steps[place], [done for done in case.done if done.position == place]
    current = case.step is not None and place == case.position
    state: State = "done" if place < case.position else "waiting"
    if current:
        state = "running" if case.notice_until else "due"
    elif case.step is None:
        state = "done" if made else "dropped"
    missing = _missing(case, procedures, step, counts) if current else (None, None)
    return StepState(
        step=step.step,
        kind=step.kind,
        zh=step.zh,
        en=step.en,
        level=step.level,
        state=state,
        due_on=case.due_on if current else None,
        done_on=max((done.on for done in made), default=None),
        done_by=[done.actor for done in made],
        records=[dict(done.record) for done in made],
        missing_zh=missing[0],
        missing_en=missing[1],
    )


def _missing(case: Case, procedures: Procedures, step: Step, counts: tuple[int, int] | None) -> tuple[str, str]:
    """What the present step still takes; those who decide are told with it what they have to know."""
    if case.objections:
        return f"有{case.objections}条异议待答复", f"{case.objections} objections wait for an answer"
    if case.notice_until:
        return f"公示至{case.notice_until}前一日止", f"the notice hangs until the day before {case.notice_until}"
    if step.kind == "signatures":
        unsigned = rules.unsigned(step, [one.part for one in case.parts()])
        posts = tuple(procedures.post_name(slot.post) for slot in unsigned)
        return f"待签字：{say(posts, 'zh')}", f"signatures are missing: {say(posts, 'en')}"
    words = procedures.kind(case.kind).words
    plain = f"{words.matter}：待办理{step.zh}", f"{words.en}: {step.en} is to be done"
    if step.kind not in DECIDED:
        return plain
    zh, en = _unchecked(step, counts) or plain
    notes = judges.notes(case)
    return "；".join([zh, *(note["zh"] for note in notes)]), "; ".join([en, *(note["en"] for note in notes)])


def _unchecked(step: Step, counts: tuple[int, int] | None) -> tuple[str, str] | None:
    """What has to come before a decision: the batch, and its spot checks."""
    if counts is None and step.percent:
        return "待列入批次并抽查", "it is to be put into a batch and spot-checked"
    if counts is None:
        return "待列入批次", "it is to be put into a batch"
    drawn, checked = counts
    if checked < drawn:
        return f"应抽查{drawn}户，已抽查{checked}户", f"{checked} of {drawn} spot checks are done"
    return None
