"""A shop whose customers pay through Wingback."""
