"""A notice as a page that can be shown and printed. Everything that comes from somebody is escaped."""

from datetime import date, timedelta
from html import escape
from pathlib import Path
from string import Template
from typing import Any

from services.registry.procedures.notices.schemas import Notice

TEMPLATE = Path(__file__).with_name("notice.typ")
_PAGE = Template("""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>$title</title>
<style>
body { font-family: "Noto Sans CJK SC", "SimSun", sans-serif; margin: 2cm; }
h1 { text-align: center; }
table { border-collapse: collapse; width: 100%; }
th, td { border: 1px solid #000; padding: 4px 8px; text-align: center; }
.seal { margin-top: 2em; text-align: right; }
</style>
</head>
<body>
<h1>$title</h1>
<p>公示期：$begins至$ends，共$days天。公示地点：$place。</p>
<table>
<thead><tr>$head</tr></thead>
<tbody>
$rows
</tbody>
</table>
<p>如有异议，请在公示期内向村民委员会提出，可以匿名。监督举报电话：$line。</p>
<p class="seal">村民委员会（盖章）<br>$begins</p>
</body>
</html>
""")


def html(notice: Notice) -> str:
    """The notice as an HTML document."""
    rows = ("<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in row) + "</tr>" for row in notice.rows)
    return _PAGE.substitute(
        title=escape(notice.title),
        begins=chinese(notice.starts_on),
        ends=chinese(last_day(notice)),
        days=(notice.ends_on - notice.starts_on).days,
        place=escape(notice.place),
        head="".join(f"<th>{escape(title)}</th>" for title in notice.titles),
        rows="\n".join(rows),
        line=escape(notice.line),
    )


def last_day(notice: Notice) -> date:
    """The last day on which the notice hangs."""
    return notice.ends_on - timedelta(days=1)


def chinese(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def paper(notice: Notice) -> dict[str, Any]:
    """What the printed notice shows, for its template."""
    return {
        "title": notice.title,
        "begins": chinese(notice.starts_on),
        "ends": chinese(last_day(notice)),
        "days": str((notice.ends_on - notice.starts_on).days),
        "place": notice.place,
        "titles": notice.titles,
        "rows": notice.rows,
        "line": notice.line,
    }
