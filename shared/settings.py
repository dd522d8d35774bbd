"""Settings of one process, from environment variables that start with ``TUOPIN_``.

Two independent choices: the *mode* (embedded: one process, its own PostgreSQL, the local bus; distributed:
processes, servers and Kafka that somebody runs) and the *profile* (demonstration: the clock is simulated;
production: it is not). Outside embedded mode every secret has to be given: there are no defaults to forget.
"""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict


class Mode(StrEnum):
    EMBEDDED = "embedded"
    DISTRIBUTED = "distributed"


class Profile(StrEnum):
    DEMONSTRATION = "demonstration"
    PRODUCTION = "production"


class MissingSecret(ValueError):
    """A distributed process was started without a secret of its own."""


class Settings(BaseSettings):
    """Everything a process may be told from outside. Times are seconds, sizes bytes."""

    model_config = SettingsConfigDict(env_prefix="TUOPIN_", frozen=True, extra="ignore")

    mode: Mode = Mode.DISTRIBUTED
    profile: Profile = Profile.PRODUCTION
    simulation_begins: datetime = datetime(2014, 12, 1, tzinfo=ZoneInfo("Asia/Shanghai"))
    data: Path = Path(".data")
    host: str = "127.0.0.1"
    port: int = 8080
    public_url: str = Field(default="http://127.0.0.1:8080", description="as it stands in QR codes")

    db_host: str = "127.0.0.1"
    db_port: int = 5432
    db_prefix: str = "tuopin_"
    db_admin_url: SecretStr | None = None
    db_owner_password: SecretStr | None = None
    db_api_password: SecretStr | None = None
    db_worker_password: SecretStr | None = None
    db_pool: int = Field(default=10, ge=1)

    kafka: str = ""
    kafka_partitions: int = Field(default=6, ge=1)
    kafka_replicas: int = Field(default=1, ge=1)
    broker_timeout: float = 15.0
    relay_idle: float = 0.05
    jobs_idle: float = 0.2
    idle_most: float = Field(default=0.5, gt=0, description="how rarely loops look that find nothing")
    retry_pause: float = 1.0
    attempts: int = Field(default=3, ge=1)
    same_batch: int = Field(default=10, ge=2, description="times a batch may fail before its messages go singly")
    unknown_reference_patience: float = 30.0

    jwks: str = ""
    issuer: str = "tuopin"
    audience: str = "tuopin"
    token_hours: int | None = Field(default=None, ge=1, description="longest life of a token that is accepted")
    keys_seconds: float = Field(default=60.0, gt=0, description="how often keys and revocations are read again")
    revoked: str = Field(default="", description="who and which tokens are withdrawn: a file, or an address")
    keyring: Path | None = None
    otlp: str = ""

    objects: str = Field(default="", description="a folder (absent: `objects` in the data folder), or s3://bucket")
    objects_endpoint: str = ""
    objects_region: str = "us-east-1"
    objects_access_key: SecretStr | None = None
    objects_secret_key: SecretStr | None = None

    request_seconds: float = 30.0
    request_bytes: int = 1 << 20
    public_a_minute: int = Field(default=60, ge=1, description="requests without a token, a minute and address")
    stop_seconds: float = 20.0

    @model_validator(mode="after")
    def _distributed_needs_its_own_secrets(self) -> Self:
        if self.mode is Mode.EMBEDDED:
            return self
        needed = {
            "db_owner_password": self.db_owner_password or self.db_api_password or self.db_worker_password,
            "jwks": self.jwks,
            "keyring": self.keyring,
            "kafka": self.kafka,
        }
        if self.objects.startswith("s3://"):
            needed |= {"objects_access_key": self.objects_access_key, "objects_secret_key": self.objects_secret_key}
        missing = [f"TUOPIN_{name.upper()}" for name, value in needed.items() if not value]
        if missing:
            raise MissingSecret(f"distributed mode needs {', '.join(missing)}")
        return self

    def password(self, role: str) -> str | None:
        """The password of the login role ``owner``, ``api`` or ``worker``; None in embedded mode (socket trust)."""
        secret: SecretStr | None = getattr(self, f"db_{role}_password")
        return secret.get_secret_value() if secret else None

    @property
    def longest_token(self) -> int:
        """Seconds for which a token may be valid: a day, in a demonstration a month."""
        return 3600 * (self.token_hours or (24 * 31 if self.simulated else 24))

    @property
    def simulated(self) -> bool:
        return self.profile is Profile.DEMONSTRATION
