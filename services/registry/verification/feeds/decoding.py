"""The text of a department's file."""

from shared.problems import Invalid

_LONGEST = 1 << 16


class NotText(Invalid):
    slug = "not-a-text-file"
    zh = "文件不是 UTF-8 或 GB18030 编码的 CSV 文本"
    en = "The file is no CSV text in UTF-8 or GB18030"


class LineBreakInField(Invalid):
    slug, zh, en = "line-break-in-field", "第{line}行单元格内有换行", "A field of line {line} contains a line break"


class LineTooLong(Invalid):
    slug, zh, en = "line-too-long", "第{line}行过长，不是数据表", "Line {line} is too long for a table"


def to_text(content: bytes) -> str:
    """The text with plain line ends, one line a record. Raises NotText, LineBreakInField, LineTooLong (422)."""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        break
    else:
        raise NotText(rule="UTF-8 or GB18030")
    if "\0" in text:
        raise NotText(rule="text")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > _LONGEST:
            raise LineTooLong(field=f"line {number}", rule=f"at most {_LONGEST} characters", line=number)
        if line.count('"') % 2:
            raise LineBreakInField(field=f"line {number}", rule="one line a record", line=number)
    return text
