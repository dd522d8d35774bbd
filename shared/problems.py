"""Errors as RFC 9457 problem documents, in Chinese or English by ``Accept-Language``.

A refusal is a small class with a status, a slug and one sentence in each language; services derive theirs from
the status classes here. A sentence may hold ``{placeholders}``: the class declares each as a number, a
day, a name or a ``Word``, and whoever raises it hands them in by keyword; the type checker holds them to it.

    class LoanWrongStep(Conflict):
        slug, zh, en = "loan-wrong-step", "贷款{state}，不能办理此步", "The loan is {state}"
        state: Word

    raise LoanWrongStep(field="id", state=STATES[loan.status])

Where a problem is part of an answer, or is kept (under a key, with a job), nobody knows yet who reads it: its
document holds every sentence in both languages (``both``), and the edge chooses on the way out (``in_language``).
"""

from collections.abc import Mapping, Sequence
from inspect import get_annotations
from types import MappingProxyType
from typing import Annotated, ClassVar, dataclass_transform

from pydantic import BaseModel, ConfigDict, Field, JsonValue, WithJsonSchema
from typing_extensions import TypedDict

from shared.words import Language, plain, say

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:tuopin:problem:"
IN_BOTH = "$zh"  # how the JSON of a sentence in both languages begins
_LANGUAGES = {IN_BOTH, "$en"}
Sentence = Annotated[object, WithJsonSchema({"type": "string"})]  # on the wire it is in one language


def both(zh: str, en: str) -> dict[str, str]:
    """A sentence in a document whose reader is not known yet."""
    return {IN_BOTH: zh, "$en": en}


def in_language(document: JsonValue, language: Language) -> JsonValue:
    """A JSON document with every sentence that it holds in both languages in one of them."""
    match document:
        case dict():
            if document.keys() == _LANGUAGES:
                return document[f"${language}"]
            return {name: in_language(value, language) for name, value in document.items()}
        case list():
            return [in_language(value, language) for value in document]
    return document


class ProblemBody(BaseModel):
    """A problem document. ``errors`` names each wrong field with the rule that it broke."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: Sentence
    status: int
    detail: str | None = None
    field: str | None = None
    rule: str | None = None
    errors: list[dict[str, object]] | None = Field(default=None)


class WrongField(TypedDict):
    """A wrong field as a problem document names it: the place, the rule, and what is wrong in both languages."""

    field: str
    rule: str
    message: Mapping[str, str]


@dataclass_transform(kw_only_default=True, eq_default=False)
class _Declared(Exception):
    """An exception whose class declares what it is handed when it is raised."""

    handed: ClassVar[tuple[str, ...]] = ()  # what a class declares, beyond what every refusal may be handed

    def __init__(self, **given: object) -> None:
        super().__init__()
        if undeclared := given.keys() - {"field", "rule", "errors", *self.handed}:
            raise TypeError(f"{type(self).__name__}: {sorted(undeclared)} is not declared")
        self.__dict__.update(given)


class Problem(_Declared):
    """A refusal that the caller can understand and act on."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    zh: ClassVar[str] = "系统内部错误，请稍后重试"
    en: ClassVar[str] = "Something went wrong on our side; please try again later"
    headers: ClassVar[Mapping[str, str]] = MappingProxyType({})

    field: str | None = None
    rule: str | None = None
    errors: Sequence[WrongField] | None = None

    def __init_subclass__(cls) -> None:
        own = get_annotations(cls)
        if taken := own.keys() & (ProblemBody.model_fields.keys() | {"args", "handed", "values"}):
            raise TypeError(f"{cls.__name__}: {sorted(taken)} would overwrite members of the document")
        cls.handed = (*cls.handed, *own)

    @property
    def values(self) -> dict[str, object]:
        """What it was handed for its sentences and its document."""
        return {name: getattr(self, name) for name in self.handed}

    def __str__(self) -> str:
        return self.sentence("en")

    def document(self) -> dict[str, object]:
        """The document in both languages; empty members are left out."""
        document = {
            "type": TYPE_PREFIX + self.slug,
            "title": both(self.sentence("zh"), self.sentence("en")),
            "status": self.status,
            "field": self.field,
            "rule": self.rule,
            "errors": self.errors,
            **{name: plain(value) for name, value in self.values.items()},
        }
        return {name: value for name, value in document.items() if value is not None}

    def sentence(self, language: Language) -> str:
        """What it says."""
        sentence = self.zh if language == "zh" else self.en
        said = {name: say(value, language) for name, value in self.values.items()}
        return sentence.format_map(said) if said else sentence

    def account(self, language: Language) -> str:
        """What it says, and what is wrong with each field, for who reads it without the document."""
        told = [one["message"][f"${language}"] for one in self.errors or ()]
        colon, semicolon = ("：", "；") if language == "zh" else (": ", "; ")
        return self.sentence(language) + (colon + semicolon.join(told) if told else "")


class WrongValue(ValueError):
    """What a field's own check finds wrong, said in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class BadRequest(Problem):
    status, slug, zh, en = 400, "bad-request", "请求格式不正确", "The request is malformed"


class Unauthenticated(Problem):
    status, slug, zh, en = 401, "unauthenticated", "请先登录", "Authentication is required"
    headers = MappingProxyType({"WWW-Authenticate": "Bearer"})


class Forbidden(Problem):
    status, slug, zh, en = (
        403,
        "forbidden",
        "您的岗位或辖区无权办理此事",
        "Your role or division may not do this",
    )


class NotFound(Problem):
    status, slug, zh, en = 404, "not-found", "没有找到", "Not found"


class Conflict(Problem):
    status, slug, zh, en = 409, "conflict", "与现有记录冲突", "This conflicts with what is recorded"


class IdUsed(Conflict):
    slug, zh, en = "id-used", "此编号已用于另一记录", "This id stands for another record"


class PreconditionFailed(Problem):
    status, slug = 412, "changed-meanwhile"
    zh = "记录已被他人修改，请刷新后再试"
    en = "Somebody changed this record meanwhile; read it again"
    current: int | None = None


class TooLarge(Problem):
    status, slug, zh, en = 413, "too-large", "请求内容过大", "The request is too large"


class Invalid(Problem):
    status, slug, zh, en = 422, "invalid", "填写内容不符合要求", "The content does not meet the rules"


class PreconditionRequired(Problem):
    status, slug = 428, "if-match-required"
    zh = "请先打开该记录再修改"
    en = "An update needs If-Match with the ETag that was read"


class Unavailable(Problem):
    status, slug, zh, en = (
        503,
        "unavailable",
        "服务暂时不可用，请稍后重试",
        "Temporarily unavailable; try again",
    )
    headers = MappingProxyType({"Retry-After": "2"})


def language_of(accept: str | None) -> Language:
    """``en`` where the caller prefers English to Chinese, else ``zh``."""
    ranked: list[tuple[float, str]] = []
    for part in (accept or "").lower().split(","):
        tag, _, quality = part.strip().partition(";q=")
        try:
            ranked.append((-float(quality or 1), tag[:2]))
        except ValueError:
            continue
    for _, tag in sorted(ranked, key=lambda pair: pair[0]):
        if tag in ("zh", "en"):
            return "en" if tag == "en" else "zh"
    return "zh"
