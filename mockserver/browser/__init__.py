"""What a browser is given: the stand-in for Stripe.js, WingbackMock, the demo and the console."""

from mockserver.browser.pages import Pages

__all__ = ["Pages"]
