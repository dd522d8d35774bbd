"""What may become a version of a policy, and from when. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from shared.problems import Conflict, Invalid, NotFound, WrongValue
from shared.rulemaking.records import Check, Version
from shared.rulemaking.shapes import misfit
from shared.words import Word


class NoSuchPolicy(NotFound):
    slug, zh, en = "no-such-policy", "没有这项政策参数", "This service has no such policy"


class TooEarly(Invalid):
    slug = "policy-too-early"
    zh = "生效日期不得早于{earliest}"
    en = "The policy takes effect on {earliest} at the earliest"
    earliest: date


class VersionUsed(Conflict):
    slug = "policy-version-used"
    zh = "该日起生效的版本已用于办理业务，请另定生效日期"
    en = "Decisions rest on the version that takes effect on this day; choose another day"


class NothingChanges(Conflict):
    slug, zh, en = "policy-unchanged", "与届时执行的规定相同", "This is what would be in force anyway"


class WrongShape(Invalid):
    slug = "policy-shape"
    zh = "填写的内容与该项政策参数的格式不符"
    en = "The value does not have the form of this policy"


class ValueRefused(Invalid):
    slug, zh, en = "policy-value", "{why}", "{why}"
    why: Word


def check_day(versions: Sequence[Version], division: str, valid_from: date, today: date, days_back: int) -> None:
    """Raises TooEarly, VersionUsed where a new version for a division cannot begin on a day."""
    earliest = today - timedelta(days=days_back)
    if valid_from < earliest:
        raise TooEarly(field="valid_from", rule="policy.days_back", earliest=earliest)
    if any(one.used_at and (one.division, one.valid_from) == (division, valid_from) for one in versions):
        raise VersionUsed(field="valid_from", rule="a used version is final")


def check_value(versions: Sequence[Version], value: object, check: Check | None) -> None:
    """Raises WrongShape or ValueRefused; ``check`` is the policy's own and judges instead of the shape."""
    if check is None:
        if wrong := misfit(value, [one.value for one in versions]):
            raise WrongShape(field=wrong, rule="the form of the present value")
        return
    try:
        check(value)
    except WrongValue as wrong_value:
        raise ValueRefused(field="value", why=Word("refused", wrong_value.zh, wrong_value.en)) from wrong_value


def check_of(checks: Mapping[str, Check], key: str) -> Check | None:
    """The check of a policy, by its key or by the longest beginning of it (``procedure.``) that has one."""
    named = [name for name in checks if key == name or (name.endswith(".") and key.startswith(name))]
    return checks[max(named, key=len)] if named else None


def in_force(versions: Sequence[Version], division: str, on: date) -> Version | None:
    """The version in force for a division on a day."""
    found = [one for one in versions if one.valid_from <= on and division.startswith(one.division)]
    return max(found, key=lambda one: (len(one.division), one.valid_from, one.version), default=None)


def next_version(versions: Sequence[Version], division: str) -> int:
    """The number of a new version for a division."""
    return max((one.version for one in versions if one.division == division), default=0) + 1
