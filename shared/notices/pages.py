"""A notice as a page that can be shown and printed. Everything that comes from somebody is escaped."""

from datetime import timedelta
from html import escape
from pathlib import Path
from string import Template

from shared.notices import rules
from shared.notices.schemas import Notice

TEMPLATE = Path(__file__).with_name("notice.typ")
_PAGE = Template("""<!DOCTYPE html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>$title</title>
<style>
@page { size: A4 portrait; margin: 2cm; }
body { font-family: "Noto Sans CJK SC", "SimSun", sans-serif; font-size: 12pt; max-width: 17cm; margin: 0 auto; }
h1 { text-align: center; font-size: 20pt; }
p { text-indent: 2em; line-height: 1.6; }
table { border-collapse: collapse; width: 100%; }
thead { display: table-header-group; }
tr { break-inside: avoid; }
th, td { border: 1px solid #000; padding: 4px 8px; text-align: center; overflow-wrap: anywhere; }
footer { break-inside: avoid; }
.seal { margin: 2em 2em 0 0; text-align: right; }
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
$corrected
<footer>
<p>$period</p>
<p>$objections</p>
<p class="seal">$issuer（盖章）<br>$begins</p>
</footer>
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
        corrected="\n".join(f"<p>{escape(one)}</p>" for one in _corrections(notice)),
    )


def paper(notice: Notice) -> dict[str, str | list[str] | list[list[str]]]:
    """What the printed notice shows, for its template."""
    return {
        **_sentences(notice),
        "columns": notice.columns,
        "titles": notice.titles,
        "rows": notice.rows,
        "corrections": _corrections(notice),
    }


def _corrections(notice: Notice) -> list[str]:
    return [f"更正：{one.zh}。" for one in notice.corrections]


def _sentences(notice: Notice) -> dict[str, str]:
    last = notice.ends_on - timedelta(days=1)
    return {
        "title": notice.title,
        "opening": notice.opening,
        "period": rules.period(notice.kind, notice.starts_on, last, notice.place),
        "objections": rules.objections(notice.kind, notice.issuer, notice.line),
        "issuer": notice.issuer,
        "begins": rules.chinese(notice.starts_on),
    }
