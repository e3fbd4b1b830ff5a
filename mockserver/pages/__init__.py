"""Pages and scripts for a browser: the stand-in for Stripe.js, WingbackMock, the demo and the console.

May import: `engine` and the packages below it. Start with `pages.py`; the files are in `mockserver/assets/`.
"""

from mockserver.pages.assets import PARTS
from mockserver.pages.pages import Pages

__all__ = ["PARTS", "Pages"]
