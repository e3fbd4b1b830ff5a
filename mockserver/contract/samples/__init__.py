"""Values made to satisfy a schema: published examples where they hold, else generated ones."""

from mockserver.contract.samples.nosample import NoSample
from mockserver.contract.samples.samples import Samples

__all__ = ["NoSample", "Samples"]
