"""What a notice says: its title, its opening sentence, who signs it, whom it tells to turn to. Pure."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from uuid import UUID

from shared.notices.records import Bodies, Corrected, Entry, Issuer, Posting, Said

ANNOUNCEMENT = "announcement"
# What is called so on the spot, where its name is not known (yet).
_HERE: Mapping[Issuer, Said] = {
    "village": {"zh": "本村", "en": "this village"},
    "town": {"zh": "本乡镇", "en": "this town"},
    "county": {"zh": "本县", "en": "this county"},
}
_WIDTHS: Mapping[Issuer, int] = {"village": 12, "town": 9, "county": 6}
# A village or community that is called by its committee; the committee is named once.
_COMMITTEE = re.compile(r"村?(村民委员会|村委会)$")
_COMMUNITY = re.compile(r"(社区)?(居民委员会|居委会)$")
_GOVERNMENT = re.compile(r"(人民政府|办事处)$")


def place(of: Issuer, division: str, places: Mapping[str, str]) -> Said:
    """The village, town or county of a notice by its name in full, without the body that sits there."""
    name = places.get(division[: _WIDTHS[of]])
    if name is None:
        return _HERE[of]
    name = _COMMITTEE.sub("村", _COMMUNITY.sub("社区", _GOVERNMENT.sub("", name)))
    return {"zh": name, "en": name}


def issuer(of: Issuer, division: str, places: Mapping[str, str], bodies: Bodies) -> str:
    """Who signs the notice, in full: 大安镇新岗村村民委员会, 大安镇人民政府, 辉南县扶贫开发领导小组."""
    name = place(of, division, places)["zh"]
    if of == "village":
        body = bodies["community"] if name.endswith("社区") else bodies["village"]
    elif of == "town":
        body = bodies["street"] if name.endswith("街道") else bodies["town"]
    else:
        body = bodies["county"]
    return f"{name}{body['zh']}"


def title(posting: Posting, village: Said) -> Said:
    """关于某村某事的公示; what a town has examined says so, what is decided is announced."""
    about, subject = posting.matter, f"关于{village['zh']}{posting.matter['zh']}的"
    if posting.kind == ANNOUNCEMENT:
        return {"zh": f"{subject}公告", "en": f"Announcement: {about['en']}, {village['en']}"}
    if posting.issuer == "town":
        return {"zh": f"{subject}乡镇审核公示", "en": f"Notice by the town: {about['en']}, {village['en']}"}
    return {"zh": f"{subject}公示", "en": f"Notice: {about['en']}, {village['en']}"}


def opening(posting: Posting, village: Said) -> Said:
    """The sentence that says on what ground, after which steps, and what is made public, with its numbers."""
    announced = posting.kind == ANNOUNCEMENT
    done = "，经" + "、".join(step["zh"] for step in posting.after) if posting.after else ""
    after = ", after " + ", ".join(step["en"] for step in posting.after) if posting.after else ""
    count, persons = len(posting.entries), _persons(posting.entries)
    number = f"共{count}户" + (f"、{persons}人" if persons is not None else "")
    households = f"{count} households" + (f", {persons} persons" if persons is not None else "")
    verb = "公告如下" if announced else "予以公示，接受群众监督"
    return {
        "zh": f"{posting.basis['zh']}{done}，现将{village['zh']}{posting.matter['zh']}（{number}）{verb}。",
        "en": f"{posting.basis['en']}{after}: {posting.matter['en']} of {village['en']} ({households})"
        f" {'are announced' if announced else 'are made public'}.",
    }


def _persons(entries: Sequence[Entry]) -> int | None:
    """How many persons live in the households of a list; None where it is not known of one."""
    sizes = [entry.facts.get("size", "") for entry in entries]
    return sum(map(int, sizes)) if all(sizes) else None


def corrections(
    columns: Sequence[str],
    rows: Sequence[Sequence[str]],
    subjects: Sequence[UUID | None],
    known: Sequence[Corrected],
    names: Mapping[UUID, str],
    today: date,
) -> list[Corrected]:
    """The rows of a notice whose household has a head of another name by now than it says so far."""
    if "head_name" not in columns:
        return []
    at, corrected = columns.index("head_name"), {one["row"]: one["name"] for one in known}
    found: list[Corrected] = []
    for number, (row, subject) in enumerate(zip(rows, subjects, strict=False), 1):
        if subject is None or subject not in names:
            continue
        said, now = corrected.get(number, row[at]), names[subject]
        if said != now:
            zh = f"第{number}号户主由{said}更正为{now}（{chinese(today)}）"
            en = f"no. {number}: the head is {now} and not {said} ({today})"
            found.append({"row": number, "day": today.isoformat(), "name": now, "zh": zh, "en": en})
    return found


def period(kind: str, begins: date, last: date, place: str) -> str:
    """From when to when it hangs, how many days, and where."""
    word = "公告" if kind == ANNOUNCEMENT else "公示"
    days = (last - begins).days + 1
    return f"{word}时间：{chinese(begins)}至{chinese(last)}，共{days}天。{word}地点：{place}。"


def objections(kind: str, to: str, line: str) -> str:
    """Whom somebody who disagrees turns to, how, where, and what number they call."""
    if kind == ANNOUNCEMENT:
        return f"对公告内容有不同意见的，可向{to}反映，或者按信访申诉程序反映。监督电话：{line}。"
    how = f"如有异议，请在公示期内以口头或书面形式向{to}反映，可以匿名。"
    return f"{how}受理地点：{to}。监督电话：{line}。"


def chinese(day: date) -> str:
    """A day as papers write it."""
    return f"{day.year}年{day.month}月{day.day}日"


def filled(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Which columns stand on the sheet: those in which somebody has something to show."""
    return [at for at in range(len(columns)) if any(row[at] for row in rows)]
