"""The one form of a person's name, wherever it comes from and however it was typed.

Old systems write rare characters in places of their own (private use) of GBK and GB 18030-2000; GB 18030-2022 has
given each of them its standard place.
"""

import re
import unicodedata

from shared.names.identity import holds_number
from shared.problems import WrongValue

_FIRST = 0xE815  # the 80 places from here on, in their order: GBK rows FE50 to FEA0
_STANDARD = (
    "⺁𠂇𠂉𠃌⺄㑳㑇⺈⺋龴㖞㘚㘎⺌⺗㥮㤘龵㧏㧟"
    "㩳㧐龶龷㭎㱮㳠⺧𡗗龸⺪䁖䅟⺮䌷⺳⺶⺷𢦏䎱"
    "䎬⺻䏝䓖䙡䙌龹䜣䜩䝼䞍⻊䥇䥺䥽䦂䦃䦅䦆䦟"
    "䦛䦷䦶龺𤇾䲣䲟䲠䲡䱷䲢䴓䴔䴕䴖䴗䴘䴙䶮龻"
)
_PLACES = {_FIRST + at: character for at, character in enumerate(_STANDARD)}
_DOTS = dict.fromkeys(map(ord, "\u2022\u2027\u30fb\uff65\u2219\u22c5\u25cf\u2024\ufe52\u318d\u16eb"), "\u00b7")
_LOST = (
    "姓名中有一个字已损坏，无法识别，请重新填写姓名",
    "holds a character that was destroyed on the way; fill the name in again",
)
_UNKNOWN = (
    "姓名中有旧系统的自造字，其他系统无法识别，请改用标准字",
    "holds a character of an old system's own making; use the standard one",
)
_NUMBERED = (
    "不能写证件号码、手机号码或银行卡号，请改写姓名或户编号",
    "holds somebody's identity, phone or card number: write a name or a household number instead",
)
_INVISIBLE = (
    "含有看不见的字符（如方向符、控制符），请删除后重新填写",
    "holds characters that nobody sees (of direction or control): delete them",
)
_BREAKS = "\n\r\t"
_DIGITS = re.compile(r"\d\D?\d\D?\d\D?\d")
_USUAL = re.compile("[\u4e00-\u9fa5]+")  # nearly every name
_POINT = re.compile(r"(?<=[^\x00-\x7f])\.(?=[^\x00-\x7f])")
_LATIN = r"A-Za-z\u00c0-\u024f\u1e00-\u1eff"
_APART = re.compile(rf"(?<=[{_LATIN}.]) (?=[{_LATIN}])")  # a blank that parts two words of Latin letters


def name_form(said: str) -> str:
    """A name in its one form: standard characters, none that is invisible, blanks between Latin words only, and the
    dot of names as U+00B7. Raises WrongValue where a character cannot be read.
    """
    if _USUAL.fullmatch(said):
        return said
    if said.isascii():
        return " ".join(said.split())
    plain = _once(said)
    while (again := _once(plain)) != plain:  # a blank that goes may join two characters to another
        plain = again
    return plain


def free_text(said: str) -> str:
    """What people write freely, as it is: without numbers of anybody and without what nobody sees. Raises WrongValue.

    It is read by many who may not see a number, and kept longer than one.
    """
    if said.isprintable() and not _DIGITS.search(said):
        return said
    if holds_number(said):
        raise WrongValue(*_NUMBERED)
    if any(_is_invisible(one) and one not in _BREAKS for one in said):
        raise WrongValue(*_INVISIBLE)
    return said


def _once(said: str) -> str:
    plain = standard(said)
    if "\ufffd" in plain:
        raise WrongValue(*_LOST)
    if any(unicodedata.category(one) == "Co" for one in plain):
        raise WrongValue(*_UNKNOWN)
    plain = _POINT.sub("\u00b7", _without_blanks(" ".join(plain.split())))
    return unicodedata.normalize("NFC", plain)


def standard(text: str) -> str:
    """A text in one width, with standard characters and none that is invisible."""
    if _USUAL.fullmatch(text):
        return text
    visible = "".join([one for one in text.translate(_PLACES).translate(_DOTS) if not _is_invisible(one)])
    return unicodedata.normalize("NFKC", visible).translate(_DOTS)


def _is_invisible(character: str) -> bool:
    """Format and control characters (zero width, direction, byte-order marks), and selectors of variants."""
    if character.isprintable() and not "\ufe00" <= character <= "\ufe0f" and character < "\U000e0100":
        return False
    return unicodedata.category(character) in ("Cf", "Cc", "Mn") and not character.isspace()


def _without_blanks(plain: str) -> str:
    kept = _APART.sub("\x00", plain)
    return kept.replace(" ", "").replace("\x00", " ")
