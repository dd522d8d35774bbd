"""Why a file is refused, in words that say what to do."""

from collections.abc import Mapping

from shared.problems import Invalid, Problem, TooLarge
from shared.words import Name

ROWS = 100_000


class FileEmpty(Invalid):
    slug, zh, en = "file-empty", "文件没有内容", "The file is empty"


class NotText(Invalid):
    slug = "not-a-text-file"
    zh = "文件不是 UTF-8 或 GB18030 编码的 CSV 文本，也不是 .xlsx 工作簿"
    en = "The file is neither CSV text in UTF-8 or GB18030 nor an .xlsx workbook"


class LineBreakInField(Invalid):
    slug, zh, en = "line-break-in-field", "第{line}行单元格内有换行", "A field of line {line} contains a line break"
    line: int


class LineTooLong(Invalid):
    slug, zh, en = "line-too-long", "第{line}行过长，不是数据表", "Line {line} is too long for a table"
    line: int


class ColumnsMissing(Invalid):
    slug, zh, en = "columns-missing", "文件缺少列：{columns}", "The file lacks columns: {columns}"
    columns: tuple[Name, ...]


class ColumnsTwice(Invalid):
    slug = "columns-twice"
    zh = "这些列说的是同一内容，请只留一列：{columns}"
    en = "These columns say the same; keep one of them: {columns}"
    columns: tuple[Name, ...]


class WorkbookTooLarge(TooLarge):
    slug = "workbook-too-large"
    zh = "工作簿过大，请改用 CSV 文件"
    en = "The workbook is too large; send a CSV file"


class BrokenWorkbook(Invalid):
    slug = "workbook-broken"
    zh = "文件不是完整的 .xlsx 工作簿，请重新另存为 .xlsx 后上传"
    en = "The file is no complete .xlsx workbook; save it again as .xlsx and send that"


class OldWorkbook(Invalid):
    slug = "workbook-old-format"
    zh = "这是旧格式工作簿（.xls），请另存为 .xlsx 后上传"
    en = "This is a workbook of the old format (.xls); save it as .xlsx and send that"


class Protected(Invalid):
    slug = "workbook-protected"
    zh = "工作簿设有打开密码，请取消密码后上传"
    en = "The workbook is password-protected; take the password off and send it again"


class WithMacros(Invalid):
    slug = "workbook-with-macros"
    zh = "工作簿含有宏，不予接收，请另存为不含宏的 .xlsx"
    en = "The workbook carries macros and is not accepted; save it as .xlsx without them"


class Inflates(Invalid):
    slug = "workbook-inflates"
    zh = "工作簿解压后过大或结构异常，不予接收；数据量大时请改用 CSV"
    en = "The workbook inflates to an unreasonable size and is not accepted; send large data as CSV"


class TooManyRows(Invalid):
    slug = "workbook-too-many-rows"
    zh = "工作簿超过{limit}行，请改用 CSV 文件，或按乡镇分成几个文件（空白行请删除）"
    en = "The workbook has more than {limit} rows: send a CSV file, or one file a township (delete blank rows)"
    limit: int


class TooManyFormulas(Invalid):
    slug = "workbook-of-formulas"
    zh = "工作簿单元格多为公式，请“选择性粘贴—数值”后上传"
    en = "Most cells are formulas; paste them as values and send the workbook again"


OF_SLUG: Mapping[str, type[Problem]] = {
    problem.slug: problem
    for problem in (BrokenWorkbook, OldWorkbook, Protected, WithMacros, Inflates, TooManyFormulas)
}
