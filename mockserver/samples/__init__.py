"""Replies made up from the schemas of a contract, as the headers Accept and Prefer ask for them.

May import: `contract`, `parsing`, `messages`, `errors`. Start with `sample_replies.py`.
"""

from mockserver.samples.sample_errors import NoSample
from mockserver.samples.schema_samples import SchemaSamples

__all__ = ["NoSample", "SchemaSamples"]
