"""Long work in small resumable steps, and timers for deadlines, run by the worker (ADR 3).

A job is enqueued in the caller's transaction and runs as the caller. Each step is one transaction that does its
work and moves the job's state together, holding the job's row: a crash repeats the step, two workers never share
one. ``due_at`` is business time (legal deadlines), ``retry_at`` wall time (backing off after an error).
"""

from shared.jobs.enqueue import enqueue
from shared.jobs.kinds import Job, Progress, Step

__all__ = ["Job", "Progress", "Step", "enqueue"]
