"""A local Apache Kafka broker from its Java artifacts: one node, KRaft, for trying out, tests, bench and soak."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import time
import uuid
from base64 import urlsafe_b64encode
from pathlib import Path

_HERE = Path(__file__).parent
_JAVA = ("java", "-Xmx384m", "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn", "-cp")
CACHE = _HERE.parents[1] / ".cache" / "kafka"


class BrokerUnavailable(RuntimeError):
    """The broker cannot run here; the message says why."""


def missing() -> str | None:
    """Why no broker can be had on this machine; None where one can."""
    absent = [program for program in ("java", "mvn") if shutil.which(program) is None]
    return f"{' and '.join(absent)} not found" if absent else None


def libraries() -> Path:
    """The folder of jars, fetched once. Raises BrokerUnavailable."""
    if why := missing():
        raise BrokerUnavailable(why)
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (CACHE / "complete").exists():
            command = ["mvn", "-q", "-B", "-f", str(_HERE / "pom.xml"), "dependency:copy-dependencies"]
            fetched = subprocess.run(
                [*command, f"-DoutputDirectory={CACHE / 'libs'}"], capture_output=True, text=True, check=False
            )
            if fetched.returncode:
                raise BrokerUnavailable(f"maven: {fetched.stdout[-300:]}")
            (CACHE / "complete").touch()
    return CACHE / "libs"


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def cluster_id() -> str:
    """A random id of a cluster; one that begins with ``-`` would be taken for an option, so another is drawn."""
    drawn = "-"
    while drawn.startswith("-"):
        drawn = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    return drawn


class Broker:
    """A broker with its data in a folder; the same folder and port can be started again after a kill."""

    def __init__(self, folder: Path, port: int = 0) -> None:
        self.folder, self.port = folder, port or free_port()
        self._controller = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self._classpath = f"{libraries()}/*"

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    def start(self, patience: float = 60) -> None:
        """Start and wait until it listens. Raises BrokerUnavailable."""
        self.folder.mkdir(parents=True, exist_ok=True)
        config = self.folder / "server.properties"
        if not config.exists():
            config.write_text(self._configuration())
            self._java("kafka.tools.StorageTool", "format", "-t", cluster_id(), "-c", str(config))
        with (self.folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*_JAVA, self._classpath, "kafka.Kafka", str(config)],
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + patience
        while not self._listens():
            if self._process.poll() is not None or time.monotonic() > deadline:
                raise BrokerUnavailable((self.folder / "log").read_text()[-500:])
            time.sleep(0.1)

    def stop(self) -> None:
        """Stop in good order."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """``kill -9``."""
        self._end(signal.SIGKILL)

    def pause(self) -> None:
        """Make it silent without ending it. Until this returns, one of its threads may still answer."""
        assert self._process is not None
        self._signal(signal.SIGSTOP)
        os.waitpid(self._process.pid, os.WUNTRACED)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def _end(self, sign: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._signal(sign)
            self._process.wait(30)

    def _signal(self, sign: signal.Signals) -> None:
        assert self._process is not None
        os.kill(self._process.pid, sign)

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def _java(self, *arguments: str) -> None:
        done = subprocess.run(["java", "-cp", self._classpath, *arguments], capture_output=True, check=False)
        if done.returncode:
            raise BrokerUnavailable(done.stderr.decode()[-500:])

    def _configuration(self) -> str:
        return "\n".join(
            [
                "process.roles=broker,controller",
                "node.id=1",
                f"controller.quorum.voters=1@127.0.0.1:{self._controller}",
                f"listeners=PLAINTEXT://127.0.0.1:{self.port},CONTROLLER://127.0.0.1:{self._controller}",
                f"advertised.listeners=PLAINTEXT://127.0.0.1:{self.port}",
                "inter.broker.listener.name=PLAINTEXT",
                "controller.listener.names=CONTROLLER",
                "listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                f"log.dirs={self.folder / 'data'}",
                "offsets.topic.replication.factor=1",
                "transaction.state.log.replication.factor=1",
                "transaction.state.log.min.isr=1",
                "share.coordinator.state.topic.replication.factor=1",
                "share.coordinator.state.topic.min.isr=1",
                "offsets.topic.num.partitions=4",
                "group.initial.rebalance.delay.ms=0",
                "group.min.session.timeout.ms=1000",
                "auto.create.topics.enable=false",
                "",
            ]
        )
