"""Makes valid replies from the schemas and examples of a contract.

May import: `contract`, `parsing`, `messages`, `errors`. Start with `sample_replies.py`.
"""

from mockserver.samples.sample_context import NoSample
from mockserver.samples.schema_samples import SchemaSamples

__all__ = ["NoSample", "SchemaSamples"]
