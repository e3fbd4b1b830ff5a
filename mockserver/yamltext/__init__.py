"""Reads YAML and JSON text strictly, with the place of whatever is wrong.

`read_data` is for OpenAPI documents, large and written by anybody: scalars mean what they mean in JSON.
`read_marked` is for scenario files: small, with the place of every key and value, and with a list of the
scalars that other readers of YAML would bend into something that is not text.
"""

from __future__ import annotations

from mockserver.yamltext.errors import TextError
from mockserver.yamltext.reading import MAX_MARKED_BYTES, read_data, read_marked
from mockserver.yamltext.scalars import Bent
from mockserver.yamltext.values import Marked, Place

__all__ = ["MAX_MARKED_BYTES", "Bent", "Marked", "Place", "TextError", "read_data", "read_marked"]
