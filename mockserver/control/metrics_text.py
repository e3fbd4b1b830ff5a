"""The metrics as a text, in the format of Prometheus or of OpenMetrics. prometheus-client writes it, in a thread.

https://prometheus.io/docs/instrumenting/exposition_formats describes both formats.
"""

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, NamedTuple

from mockserver.control.metric_values import MetricValues
from mockserver.limits.garbage import no_garbage_collection
from mockserver.limits.slices import Sliced, in_thread
from mockserver.storage.made_once import made_once

PROMETHEUS: Final = "text/plain; version=0.0.4"
OPENMETRICS: Final = "application/openmetrics-text; version=1.0.0"


class MetricsText(NamedTuple):
    """A text and the media type that describes its format."""

    content_type: str
    content: bytes


class MetricsWriter:
    """Writes the metrics of one server. Other requests are answered meanwhile.

    The first text waits for the import of prometheus-client. Thousands of combinations of labels take 0.5 s.
    """

    def write(self, values: MetricValues, accept: str | None) -> Sliced[MetricsText]:
        """The text for a request with this Accept header."""
        return (yield from in_thread(self._thread, partial(self._written, values, accept)))

    @staticmethod
    def _written(values: MetricValues, accept: str | None) -> MetricsText:
        """The text, without a pause.

        The format is the one that the Accept header wants most. If it wants both equally, or none of them, the format
        is that of Prometheus: many clients that read it send no suitable header.
        """
        from prometheus_client import CollectorRegistry
        from prometheus_client.exposition import choose_encoder

        from mockserver.control.metric_families import MetricFamilies
        from mockserver.parsing.accept_header import qualities

        # The registry is not the global one of prometheus-client, which belongs to the application under test.
        registry = CollectorRegistry()
        registry.register(MetricFamilies(values))
        wanted = qualities((PROMETHEUS, OPENMETRICS), accept)
        # `choose_encoder` ignores q, repeats any version of the header in the Content-Type, and raises a TypeError if
        # the version is not a number. So it gets the chosen format in place of the header.
        encode, content_type = choose_encoder(max(wanted, key=wanted.__getitem__))
        # Thousands of samples would start collections of garbage, which stop all threads; they are no garbage.
        with no_garbage_collection():
            return MetricsText(content_type, encode(registry))

    @made_once
    def _thread(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(1, thread_name_prefix="metrics")
