"""A shop that gets Wingback's API wrong."""
