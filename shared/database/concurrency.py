"""Nobody overwrites what somebody else changed meanwhile: ``ETag`` out, ``If-Match`` in."""

from shared.problems import PreconditionFailed, PreconditionRequired


def expected_version(if_match: str | None) -> int:
    """The version that the caller has read. Raises PreconditionRequired (428) without a usable If-Match."""
    tag = (if_match or "").strip().removeprefix("W/").strip('"')
    if not (tag.isascii() and tag.isdigit() and len(tag) < 10):
        raise PreconditionRequired(field="If-Match", rule="the ETag of the last read")
    return int(tag)


def same_version(expected: int, current: int) -> None:
    """Raises PreconditionFailed (412) where the record has moved on."""
    if expected != current:
        raise PreconditionFailed(field="If-Match", rule="unchanged since it was read", current=current)
