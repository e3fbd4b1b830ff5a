"""The paths of the pages that a person opens and of what they load, and of the probes."""

from typing import Final

from mockserver.pages import PARTS

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

PROBES: Final = ("/__mock/health/live", "/__mock/health/ready")
"""Calls of the control API that need no token and are not logged: a container is probed every few seconds."""

SCRIPT_PARTS: Final = {f"/__mock/stripe/{name}.js": name for name in PARTS}
"""The parts of the scripts, by path. The scripts load them."""
