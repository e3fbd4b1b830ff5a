"""The test cards and test IBANs that Stripe publishes: `test_methods.json`, read once.

The file is the only place that lists them. The API, the script for the browser, the documentation and the tests use it.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

_FILE: Final = Path(__file__).with_suffix(".json")


@cache
def published_methods() -> dict[str, Any]:
    """The content of the file. Its member `cards` is a list of cards, `ibans` has the IBANs by country and kind."""
    methods: dict[str, Any] = json.loads(_FILE.read_bytes())
    return methods
