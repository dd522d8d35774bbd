"""The event backbone: what one service commits reaches every interested service, in order per household, once.

A fact goes from the outbox (written last in its transaction) through the relay to a transport (Kafka, or the local
bus in one process), and from there to consumers, whose inbox makes each event take effect once. A message that
cannot be handled parks its own key; everything else flows.
"""
