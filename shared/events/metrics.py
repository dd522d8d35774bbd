"""What the backbone counts."""

from prometheus_client import Counter, Gauge

OUTBOX_BACKLOG = Gauge("outbox_batch_rows", "Rows in the outbox's next batch (500: there may be more)", ["service"])
RELAYED = Counter("events_relayed_total", "Events acknowledged by the transport", ["service"])
HANDLED = Counter("events_handled_total", "Events that took effect", ["service", "topic"])
IGNORED = Counter("events_ignored_total", "Events of types that nothing here handles", ["service", "topic"])
PARKED = Counter(
    "events_parked_total", "Events put aside because they or an earlier one failed", ["service", "topic"]
)
SAME_BATCH = Gauge("same_batch_again", "How often the batch at hand has failed", ["service", "topic", "partition"])
LAG = Gauge("events_behind", "Messages that have yet to take effect", ["service", "topic", "partition"])
OLDEST_PARKED = Gauge("parked_oldest_seconds", "Since when the oldest parked message waits", ["service"])
BROKER_SILENCE = Gauge("broker_silence_seconds", "Time since the broker last answered", ["service"])
