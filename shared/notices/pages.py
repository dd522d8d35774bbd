"""A notice as a page that can be shown and printed. Everything that comes from somebody is escaped."""

from datetime import date, timedelta
from html import escape
from pathlib import Path
from string import Template

from shared.notices.post import ANNOUNCEMENT
from shared.notices.schemas import Notice

TEMPLATE = Path(__file__).with_name("notice.typ")
_PAGE = Template("""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>$title</title>
<style>
body { font-family: "Noto Sans CJK SC", "SimSun", sans-serif; margin: 2cm; }
h1 { text-align: center; }
p { text-indent: 2em; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #000; padding: 4px 8px; text-align: center; }
.seal { margin-top: 2em; text-align: right; }
</style>
</head>
<body>
<h1>$title</h1>
<p>$opening</p>
<table>
<thead><tr>$head</tr></thead>
<tbody>
$rows
</tbody>
</table>
<p>$period</p>
<p>$objections</p>
<p class="seal">$issuer（盖章）<br>$begins</p>
</body>
</html>
""")


def html(notice: Notice) -> str:
    """The notice as an HTML document."""
    rows = ("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in notice.rows)
    return _PAGE.substitute(
        {name: escape(sentence) for name, sentence in _sentences(notice).items()},
        head="".join(f"<th>{escape(title)}</th>" for title in notice.titles),
        rows="\n".join(rows),
    )


def paper(notice: Notice) -> dict[str, str | list[str] | list[list[str]]]:
    """What the printed notice shows, for its template."""
    return {**_sentences(notice), "titles": notice.titles, "rows": notice.rows}


def _sentences(notice: Notice) -> dict[str, str]:
    begins, ends = chinese(notice.starts_on), chinese(notice.ends_on - timedelta(days=1))
    days = (notice.ends_on - notice.starts_on).days
    word = "公告" if notice.kind == ANNOUNCEMENT else "公示"
    return {
        "title": notice.title,
        "opening": notice.opening,
        "period": f"{word}时间：{begins}至{ends}，共{days}天。{word}地点：{notice.place}。",
        "objections": _objections(notice),
        "issuer": notice.issuer,
        "begins": begins,
    }


def _objections(notice: Notice) -> str:
    if notice.kind == ANNOUNCEMENT:
        return f"对公告内容有不同意见的，请按信访申诉程序反映。监督电话：{notice.line}。"
    to = notice.issuer
    how = f"如有异议，请在公示期内以口头或书面形式向{to}反映，可以匿名。"
    return f"{how}受理地点：{to}。监督电话：{notice.line}。"


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
