"""Errors as RFC 9457 problem documents, in Chinese or English by ``Accept-Language``.

A refusal is a small class with a status, a slug and one sentence in each language; services derive theirs from
the status classes here. A sentence may hold ``{placeholders}``, filled from keyword arguments.

Where a problem is part of an answer, or is kept (under a key, with a job), nobody knows yet who reads it: its
document holds every sentence in both languages (``both``), and the edge chooses on the way out (``in_language``).
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

MEDIA_TYPE = "application/problem+json"
TYPE_PREFIX = "urn:tuopin:problem:"
Language = Literal["zh", "en"]
IN_BOTH = "$zh"  # how the JSON of a sentence in both languages begins
_LANGUAGES = {IN_BOTH, "$en"}
Sentence = Annotated[Any, WithJsonSchema({"type": "string"})]  # on the wire it is in one language


def both(zh: str, en: str) -> dict[str, str]:
    """A sentence in a document whose reader is not known yet."""
    return {IN_BOTH: zh, "$en": en}


def in_language(document: Any, language: Language) -> Any:
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
    errors: list[dict[str, Any]] | None = Field(default=None)


class Problem(Exception):
    """A refusal that the caller can understand and act on."""

    status: ClassVar[int] = 500
    slug: ClassVar[str] = "internal"
    zh: ClassVar[str] = "系统内部错误，请稍后重试"
    en: ClassVar[str] = "Something went wrong on our side; please try again later"
    headers: ClassVar[Mapping[str, str]] = MappingProxyType({})
    words: ClassVar[Mapping[str, str]] = MappingProxyType({})  # codes among the values, in Chinese

    def __init__(
        self,
        *,
        field: str | None = None,
        rule: str | None = None,
        errors: list[dict[str, Any]] | None = None,
        **values: Any,
    ) -> None:
        if taken := values.keys() & ProblemBody.model_fields.keys():
            raise TypeError(f"{type(self).__name__}: {sorted(taken)} would overwrite members of the document")
        super().__init__(self.en.format_map(values) if values else self.en)
        self.field, self.rule, self.errors, self.values = field, rule, errors, values

    def document(self) -> dict[str, Any]:
        """The document in both languages; empty members are left out."""
        document = {
            "type": TYPE_PREFIX + self.slug,
            "title": both(self.sentence("zh"), self.sentence("en")),
            "status": self.status,
            "field": self.field,
            "rule": self.rule,
            "errors": self.errors,
            **{name: value for name, value in self.values.items() if isinstance(value, str | int | bool)},
        }
        return {name: value for name, value in document.items() if value is not None}

    def sentence(self, language: Language) -> str:
        """What it says."""
        if language != "zh":
            return self.en.format_map(self.values) if self.values else self.en
        values = {name: self.words.get(value, value) for name, value in self.values.items() if isinstance(value, str)}
        return self.zh.format_map(self.values | values) if self.values else self.zh


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


class TooLarge(Problem):
    status, slug, zh, en = 413, "too-large", "请求内容过大", "The request is too large"


class Invalid(Problem):
    status, slug, zh, en = 422, "invalid", "填写内容不符合要求", "The content does not meet the rules"


class PreconditionRequired(Problem):
    status, slug = 428, "if-match-required"
    zh = "修改记录须带 If-Match（先读取其 ETag）"
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
