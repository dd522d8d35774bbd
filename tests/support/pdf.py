"""What a PDF says."""

import pypdfium2


def pages(pdf: bytes) -> list[str]:
    """The text of each page, without the spaces that type-setting puts between scripts."""
    document = pypdfium2.PdfDocument(pdf)
    texts = [document[n].get_textpage().get_text_range() for n in range(len(document))]
    return ["".join(text.split()) for text in texts]
