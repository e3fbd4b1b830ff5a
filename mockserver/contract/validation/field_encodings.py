"""How a field of a form is encoded: by a media type, or by a style (OpenAPI, Encoding Object)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

from mockserver.parsing.media_types import essence, is_json

STYLE_KEYWORDS = frozenset({"style", "explode", "allowReserved"})
DELIMITERS = {"form": ",", "spaceDelimited": " ", "pipeDelimited": "|"}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEncoding:
    """The encoding of a field.

    `by_style` and `by_content` say whether the field may be sent in a style, or with a media type. `media_types` are
    the documented ones; they may be ranges. `headers` are those of a part.
    """

    style: str = "form"
    explode: bool = True
    by_style: bool = False
    by_content: bool = True
    media_types: tuple[str, ...] = ()
    headers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_json(self) -> bool:
        """Whether the field is documented as JSON and as nothing else."""
        return bool(self.media_types) and all(map(is_json, self.media_types))

    def accepts(self, media_type: str) -> bool:
        """Whether a part may have this media type.

        application/octet-stream is always accepted: clients send it if they do not know the type (RFC 7578, 4.4).
        """
        unknown = media_type in {"", "application/octet-stream"}
        return unknown or not self.media_types or any(fnmatchcase(media_type, name) for name in self.media_types)


def read_encoding(described: Any, *, is_urlencoded: bool) -> FieldEncoding:
    """The encoding of a field from its Encoding Object, which may be absent."""
    known = described if isinstance(described, Mapping) else {}
    headers, explode = known.get("headers"), known.get("explode")
    has_style = not STYLE_KEYWORDS.isdisjoint(known)
    # A style excludes a media type (OpenAPI 3.1, Encoding Object).
    content_type = "" if has_style else known.get("contentType")
    media_types = tuple(map(essence, content_type.split(","))) if isinstance(content_type, str) and content_type else ()
    style = str(known.get("style"))
    style = style if style in {*DELIMITERS, "deepObject"} else "form"
    return FieldEncoding(
        style=style,
        explode=explode if isinstance(explode, bool) else style in {"form", "deepObject"},
        by_style=has_style or (is_urlencoded and not media_types),
        by_content=not (is_urlencoded and has_style),
        media_types=media_types,
        headers=headers if isinstance(headers, Mapping) and not is_urlencoded else {},
    )
