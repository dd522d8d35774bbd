"""``make kafka``: a local broker until Ctrl-C."""

import signal
import sys
import threading
from pathlib import Path

from deploy.kafka.broker import Broker


def main() -> None:
    """Start a broker on the port that is given (9092 otherwise), keep it until told to stop."""
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 9092
    broker = Broker(Path(".data/kafka"), port)
    broker.start()
    print(f"Kafka listens on {broker.address} (Ctrl-C stops)")
    over = threading.Event()
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, lambda *_: over.set())
    over.wait()
    broker.stop()


main()
