"""A household of which every item of the national field table is known."""

from pathlib import Path
from typing import Any

import yaml

from services.registry.register import fields
from services.registry.register.codes import national
from tests.support.people import household, identity_number, member

_VALUES = {
    "yuan": "1234.50",
    "mu": "3.50",
    "m2": "80.00",
    "km": "1.25",
    "months": 6,
    "yes": True,
    "text": "某处",
    "date": "2021-03-04",
}


def full_household(village: str) -> dict[str, Any]:
    """A head with everything known, a disabled child, and a person of whom little is known."""
    home = _items("household")
    home["property_income"], home["transfer_income"] = "2469.00", f"{6 * 1234.5:.2f}"
    everything = _items("member") | {"health": ["长期慢性病", "残疾"], "phone": "13900001111"}
    child = member("之子", identity_number=identity_number() + "41", health=["残疾"], public_post=False)
    members = [member("户主", number="P" + identity_number()[-8:], **everything), child, member("配偶", male=False)]
    return household(village=village, **home | {"other_causes": ["因残", "缺资金"], "members": members})


def _items(owner: str) -> dict[str, Any]:
    folder = next(iter(fields.__path__))
    table = yaml.safe_load((Path(folder) / "national.yaml").read_text())[owner]
    return {row["key"]: _value(row) for row in table}


def _value(row: dict[str, Any]) -> Any:
    if "list" not in row:
        return _VALUES[row["kind"]]
    words = [word for version in national()[row["list"]] for word in version.items.values()]
    return words[:1] if row["kind"] == "codes" else words[0]
