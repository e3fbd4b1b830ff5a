"""The paths of the pages that a person opens, and of what they load."""

from typing import Final

PAGE_FILES: Final = {
    "/__mock/": "console.html",
    "/__mock/console.js": "console.js",
    "/__mock/demo": "demo.html",
    "/__mock/demo.js": "demo.js",
    "/__mock/icon.svg": "icon.svg",
    "/__mock/page.css": "page.css",
}
"""The files of the folder `assets/pages`, by path."""

WINGBACK_SCRIPT: Final = "/__mock/wingback.js"
"""The script that defines WingbackMock. Apps load it."""
