"""Why a file is refused, in words that say what to do."""

from collections.abc import Mapping

from shared.problems import Invalid, Problem, TooLarge
from shared.words import Name, Word, words

ROWS = 100_000


class FileEmpty(Invalid):
    slug, zh, en = "file-empty", "文件没有内容", "The file is empty"


class NotText(Invalid):
    slug = "not-a-text-file"
    zh = "文件不是可读取的文本，也不是工作簿，请用电子表格打开后另存为 .xlsx"
    en = "The file is neither text (UTF-8, GB18030, UTF-16) nor a workbook; save it as .xlsx with a spreadsheet"


KINDS = words(
    pdf=("PDF 文件", "a PDF file"),
    picture=("图片", "a picture"),
    document=("文字处理文档", "a text document"),
    slides=("演示文稿", "a presentation"),
    archive=("压缩包", "an archive"),
    opendocument=("开放文档格式的表格（.ods）", "an OpenDocument spreadsheet (.ods)"),
    binary=("二进制工作簿（.xlsb）", "a binary workbook (.xlsb)"),
    xml=("XML 格式的表格", "a spreadsheet in XML"),
    mail=("单个文件网页（.mht）", "a web archive (.mht)"),
)


class AnotherKind(Invalid):
    slug = "file-of-another-kind"
    zh = "这是{kind}，请用电子表格打开（或录入）后另存为 .xlsx 上传"
    en = "This is {kind}; open it with a spreadsheet (or type it in), save it as .xlsx and send that"
    kind: Word


class PageUnread(Invalid):
    slug = "page-unread"
    zh = "这是网页格式的表格，请用电子表格打开后另存为 .xlsx"
    en = "This is a table as a web page; open it with a spreadsheet, save it as .xlsx and send that"


class LineBreakInField(Invalid):
    slug = "line-break-in-field"
    zh = "第{line}行引号不成对，或单元格内有换行，请去掉后重新上传"
    en = "Row {line} has a quote without its pair, or a line break within a cell; take it out and send the file again"
    line: int


class LineTooLong(Invalid):
    slug, zh, en = "line-too-long", "第{line}行过长，不是数据表", "Line {line} is too long for a table"
    line: int


class ColumnsMissing(Invalid):
    slug, zh, en = "columns-missing", "文件缺少列：{columns}", "The file lacks columns: {columns}"
    columns: tuple[Name, ...]


class HeaderNotFound(Invalid):
    slug = "header-not-found"
    zh = "没有找到表头：已查看工作表{sheets}的开头部分，缺少列：{columns}"
    en = "No header was found at the top of the sheets {sheets}; what is missing: {columns}"
    sheets: tuple[Name, ...]
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
    zh = "这是旧格式工作簿（.xls），无法读取，请另存为 .xlsx 后上传"
    en = "This is a workbook of the old format (.xls) that cannot be read; save it as .xlsx and send that"


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


class TooHard(Invalid):
    slug = "file-too-hard"
    zh = "这个文件太复杂，几分钟内读不完，已停止读取；请在表格软件中另存为新文件，或分成几个文件后重新上传"
    en = "This file could not be read within minutes: save it anew in a spreadsheet program, or send it in parts"


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
    for problem in (BrokenWorkbook, OldWorkbook, PageUnread, Protected, WithMacros, Inflates, TooManyFormulas)
}
