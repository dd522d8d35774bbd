"""Why there is no certificate, or none to be had."""

from collections.abc import Mapping
from datetime import date

from services.registry.documents.certificates.schemas import Standing, Verification
from shared.notices.rules import chinese
from shared.problems import Conflict, Invalid, NotFound
from shared.words import Name

# What whoever scans a code reads: how the paper stands, and what to do about it.
_SAID: Mapping[Standing, tuple[str, str]] = {
    "valid": ("有效", "本证真实有效。"),
    "superseded": ("已换发", "本证已换发新证，以新证为准。"),
    "outdated": ("应换发", "本证所载信息已变更，须换发新证，以新证为准。"),
    "withdrawn": ("已作废", "本证已作废，不再作为凭证。"),
    "unknown": ("查无此证", "没有查到这一编码的登记证，请核对编码或向乡镇核实。"),
}
CLOSED = ("未开放核验", "本县未开放网上核验，请向发证的乡镇核实。")


def said(found: Verification) -> tuple[str, str, str]:
    """How a certificate stands in words: the state, since when, and what that means."""
    state, meaning = _SAID[found.standing]
    return state, since(found.since), meaning


def since(day: date | None) -> str:
    """Since when; a dash where there is nothing to say."""
    return chinese(day) if day else "—"


class NoSuchCertificate(NotFound):
    slug, zh, en = "no-such-certificate", "辖区内没有这本登记证", "There is no such certificate in your division"


class HouseholdRemoved(Conflict):
    slug, zh, en = "household-removed", "该户已被剔除，不能发证", "The household was removed from the register"


class NameUnprintable(Invalid):
    slug = "name-unprintable"
    zh = "姓名中的“{characters}”无法打印，请先更正姓名再发证"
    en = "The font cannot print '{characters}'; put the name right first, then issue the certificate"
    characters: Name
