"""Which labels a household may be given and lose. Pure."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.registry.desk.labels.records import Beginning, Carried, Done, Ending
from services.registry.desk.labels.schemas import LabelIn
from shared.households.queries import NoSuchHousehold
from shared.http.items import Outcome
from shared.problems import Conflict, Invalid
from shared.words import Name

_COUNTY = 6


class LabelUnknown(Invalid):
    slug, zh = "label-unknown", "本地标签表内没有此标签，可用的有：{allowed}"
    en = "This label is not on the county's list, which has: {allowed}"
    allowed: tuple[Name, ...]


class LabelInFuture(Invalid):
    slug, zh, en = "label-in-future", "标签日期不能晚于今天", "A label cannot begin or end in the future"


class LabelledAlready(Conflict):
    slug, zh, en = "labelled-already", "该户已有此标签", "The household carries this label already"


class NotLabelled(Conflict):
    slug, zh, en = "not-labelled", "该户没有此标签", "The household does not carry this label"


class EndsBeforeItBegan(Invalid):
    slug, zh, en = "ends-before-it-began", "结束日期早于开始日期", "A label cannot end before it began"


class LabelDiffers(Conflict):
    slug, zh, en = "label-differs", "此编号已用于另一标签", "This id was used for another label"


@dataclass(frozen=True, slots=True)
class Labelling:
    """A list of labels while it is decided: where households lie, what they carry, what was done before under the
    ids, the labels of each county; and what the list begins and ends.
    """

    today: date
    places: Mapping[UUID, str]
    done: Mapping[UUID, Done]
    listed: Mapping[str, Collection[str]]
    # What an earlier item of the same list has begun (None) is not there to be ended yet.
    carried: dict[tuple[UUID, str], Carried | None]
    beginnings: list[Beginning] = field(default_factory=list)
    endings: list[Ending] = field(default_factory=list)

    def decide(self, item: LabelIn) -> Outcome:
        """Raises what stands against an item; the same again is "unchanged"."""
        if earlier := self.done.get(item.id):
            said = (item.household_id, item.label, item.on, item.action)
            if (earlier.household_id, earlier.label, earlier.on, earlier.action) != said:
                raise LabelDiffers(field="id", rule="one id, one label")
            return "unchanged"
        if item.household_id not in self.places:
            raise NoSuchHousehold(field="household_id")
        if item.on > self.today:
            raise LabelInFuture(field="on", rule="not in the future")
        if item.action == "set":
            self._begin(item)
        else:
            self._end(item)
        return "accepted"

    def _begin(self, item: LabelIn) -> None:
        division, key = self.places[item.household_id], (item.household_id, item.label)
        allowed = self.listed[division[:_COUNTY]]
        if item.label not in allowed:
            raise LabelUnknown(field="label", rule="labels.list", allowed=tuple(map(Name, allowed)))
        if key in self.carried:
            raise LabelledAlready(field="label", rule="once at a time")
        self.carried[key] = None
        self.beginnings.append(Beginning(item.id, item.household_id, division, item.label, item.on, item.ground))

    def _end(self, item: LabelIn) -> None:
        key = (item.household_id, item.label)
        carried = self.carried.get(key)
        if carried is None:
            raise NotLabelled(field="label", rule="carried now")
        if item.on < carried.begins_on:
            raise EndsBeforeItBegan(field="on", rule="on or after it began")
        del self.carried[key]
        self.endings.append(Ending(carried.id, item.id, item.on, item.ground))
