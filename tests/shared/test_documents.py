"""Documents: data appears as it is, in the mainland's characters, and the same data gives the same bytes."""

import asyncio
import hashlib
from pathlib import Path

import pypdfium2
import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st

from shared import documents

MARKUP = ["#eval", '#read("/etc/passwd")', "*bold*", "=cmd()", "$x^2$", "<label> @ref", "\\u{41}", '"); #panic("']


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "list.typ"
    file.write_text("#for name in data.names [#name #pagebreak(weak: true)]")
    return file


def pages(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [document[n].get_textpage().get_text_range().replace("\r\n", "\n") for n in range(len(document))]


async def test_a_name_that_looks_like_markup_is_printed_as_it_is(template: Path):
    assert [page.strip() for page in pages(await documents.pdf(template, {"names": MARKUP}))] == MARKUP


@settings(max_examples=30, deadline=None)
@given(st.text(st.characters(blacklist_categories=["C"]), max_size=20))
def test_no_text_makes_a_document_fail(template: Path, text: str):
    assert documents.render(template, {"names": [text, "王"]}).startswith(b"%PDF-")


async def test_the_same_data_gives_the_same_bytes_and_other_data_others(template: Path):
    one, again, other = [
        hashlib.sha256(await documents.pdf(template, {"names": names})).hexdigest()
        for names in (["王某"], ["王某"], ["李某"])
    ]
    assert one == again != other


@pytest.mark.parametrize("tagged", [True, False])
async def test_the_pages_of_a_document_are_counted(template: Path, tagged: bool):
    made = await documents.pdf(template, {"names": ["/Type/Page", "b", "c"]}, tagged=tagged)
    assert documents.page_count(made) == len(pages(made)) == 3


async def test_a_document_does_not_tell_when_it_was_made(template: Path):
    assert b"CreationDate" not in await documents.pdf(template, {"names": ["王某"]})


async def test_many_documents_at_once_do_not_mix(template: Path):
    made = await asyncio.gather(*(documents.pdf(template, {"names": [f"{n}号"]}) for n in range(20)))
    assert [pages(one)[0].split() for one in made] == [[str(n), "号"] for n in range(20)]


async def test_a_document_is_set_in_the_one_chinese_font(template: Path):
    made = await documents.pdf(template, {"names": ["骨户说直令 abc 123"]})
    assert b"NotoSansCJK" in made
    assert b"Libertinus" not in made


async def test_a_template_reaches_nothing_outside_its_folder(tmp_path: Path):
    (tmp_path / "secret.txt").write_text("secret")
    template = tmp_path / "inner" / "template.typ"
    template.parent.mkdir()
    template.write_text('#read("../secret.txt")')
    with pytest.raises(typst.TypstError):
        await documents.pdf(template, {})


async def test_a_qr_code_is_an_image_that_a_template_shows(tmp_path: Path):
    template = tmp_path / "template.typ"
    template.write_text('#image(bytes(data.code), format: "png", scaling: "pixelated", width: 30mm)')
    assert (await documents.pdf(template, {"code": documents.qr_code("urn:x:1")})).startswith(b"%PDF-")
