"""Documents for people: a Typst template and data become a PDF, in the house's Chinese font.

Data reaches a template as JSON in ``data`` and is never part of its source, so no name can be markup. The same
template and data give the same bytes, so that a document's hash means something: nothing in it tells the time of
rendering, and what a document says about time stands in its data.
"""

import asyncio
import io
import json
import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory

import segno
import typst

FONT, FONT_PACKAGE = "Noto Sans CJK TC", "cvttf_NotoSansCJK_Regular"
MEDIA_TYPE = "application/pdf"
# One line, so that a diagnostic names the template's own lines but one. The font's own forms are Taiwan's;
# language and region make it draw those of the mainland.
_PREAMBLE = (
    "#let data = json(bytes(sys.inputs.data)); #set document(date: none);"
    f'#set text(font: "{FONT}", lang: "zh", region: "cn", size: 10pt)\n'
).encode()
_PAGE = re.compile(rb"/Type\s?/Page\b")
# A compiler serves one caller at a time (and lets Python run meanwhile), so it lives in a thread of its own.
_thread = ThreadPoolExecutor(1, thread_name_prefix="typst")


async def pdf(
    template: Path, data: object, *, tagged: bool = True, files: Mapping[str, bytes] | None = None
) -> bytes:
    """The PDF that a template makes of data. Many pages in one call cost a fraction of as many calls.

    Tags make a document readable aloud; without them one of many pages is five times smaller and faster.

    The template finds ``data``; its folder holds what it may import, and ``files`` are pictures that it shows by
    their names. Raises typst.TypstError for a picture that is damaged, or a template that is wrong, which no data
    can make it.
    """
    work = partial(render, template, data, tagged=tagged, files=files)
    return await asyncio.get_running_loop().run_in_executor(_thread, work)


def render(template: Path, data: object, *, tagged: bool = True, files: Mapping[str, bytes] | None = None) -> bytes:
    """As ``pdf``, in the calling thread: one thread a process may use it."""
    if not files:
        return _made(_compiler(template.parent), template, data, tagged=tagged)
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        compiler = typst.Compiler(root=folder, font_paths=_fonts(), ignore_system_fonts=True)
        return _made(compiler, template, data, tagged=tagged)


def _made(compiler: typst.Compiler, template: Path, data: object, *, tagged: bool) -> bytes:
    given = json.dumps(data, default=str)
    made = compiler.compile(
        input=_PREAMBLE + template.read_bytes(), format="pdf", sys_inputs={"data": given}, pdf_tags=tagged
    )
    assert isinstance(made, bytes)
    return made


def page_count(pdf: bytes) -> int:
    """How many pages one of our documents has."""
    return len(_PAGE.findall(pdf))


def qr_code(content: str) -> list[int]:
    """A QR code (error correction M) as the bytes of a PNG, a pixel a module; a template shows it with
    ``image(bytes(data.code), format: "png", scaling: "pixelated")``.
    """
    target = io.BytesIO()
    # Trying all eight masks takes five times as long; every reader reads every mask.
    segno.make(content, error="m", mask=4, micro=False).save(target, kind="png", border=0)
    return list(target.getvalue())


@cache
def _fonts() -> typst.Fonts:
    folder = resources.files(FONT_PACKAGE)
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])


@cache
def _compiler(folder: Path) -> typst.Compiler:
    return typst.Compiler(root=folder, font_paths=_fonts(), ignore_system_fonts=True)
