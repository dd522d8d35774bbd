"""The unified social credit code 统一社会信用代码 of an organisation (GB 32100-2015). Pure."""

import unicodedata

from shared.problems import WrongValue

_LETTERS = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # without I, O, S, V, Z
_PLACE = 3  # the weight of a place is this power of three, modulo the number of letters


def credit_code(text: object) -> str:
    """A code as it is kept: 18 capital letters and digits of which the last checks the others. Raises WrongValue."""
    code = unicodedata.normalize("NFKC", text).strip().upper() if isinstance(text, str) else ""
    if len(code) != 18 or any(letter not in _LETTERS for letter in code) or not code[2:8].isdigit():
        raise WrongValue(
            "统一社会信用代码为18位数字和大写字母（不用I、O、S、V、Z），请按登记证书填写",
            "a unified social credit code has 18 digits and capitals (without I, O, S, V, Z); see the certificate",
        )
    if code[-1] != _check(code[:-1]):
        raise WrongValue(
            "统一社会信用代码的校验位不对，请按登记证书逐位核对",
            "the check character of the unified social credit code is wrong; compare it with the certificate",
        )
    return code


def _check(body: str) -> str:
    weighed = sum(_LETTERS.index(letter) * pow(_PLACE, place, 31) for place, letter in enumerate(body))
    return _LETTERS[-weighed % 31]
