"""Small valid files, as bodies in binary formats that the mock cannot write from a schema."""

from typing import Final

_PAGE: Final = (
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
)


def _pdf() -> bytes:
    """A PDF with one empty page."""
    text, starts = "%PDF-1.4\n", []
    for number, part in enumerate(_PAGE, 1):
        starts.append(len(text))
        text += f"{number} 0 obj{part}endobj\n"
    table = "".join(f"{start:010} 00000 n \n" for start in starts)
    size = len(_PAGE) + 1
    end = f"trailer<</Size {size}/Root 1 0 R>>\nstartxref\n{len(text)}\n%%EOF\n"
    return f"{text}xref\n0 {size}\n0000000000 65535 f \n{table}{end}".encode("ascii")


_PNG: Final = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108000000003a7e9b55"
    "0000000a4944415478da63f80f00010101001cb08c990000000049454e44ae426082"
)
_GIF: Final = bytes.fromhex("47494638396101000100800000ffffffffffff2c00000000010001000002024401003b")
_ZIP: Final = b"PK\x05\x06" + bytes(18)
_GZIP: Final = bytes.fromhex("1f8b080000000000020303000000000000000000")
_SVG: Final = b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'
# Field 1 with the value 1.
_PROTOBUF: Final = b"\x08\x01"

SMALL_FILES: Final = {
    "application/pdf": _pdf(),
    "application/gzip": _GZIP,
    "application/x-gzip": _GZIP,
    "application/zip": _ZIP,
    "application/x-zip-compressed": _ZIP,
    "application/protobuf": _PROTOBUF,
    "application/x-protobuf": _PROTOBUF,
    "application/vnd.google.protobuf": _PROTOBUF,
    "image/gif": _GIF,
    "image/png": _PNG,
    "image/svg+xml": _SVG,
}
"""A file for each media type: one page, one pixel, an archive without files, a message with one field."""
