"""Fields encrypted at rest (AES-256-GCM) and keyed indexes that find them again (HMAC-SHA256).

A value is the text ``v1.<key id>.<base64url of nonce and ciphertext>``: the key id lets keys rotate while old
values stay readable. Field name and record id are authenticated with it, so a value moved to another person or
field does not decrypt. The index is over the normalised value, truncated to 16 bytes.
"""

import base64
import binascii
import hmac
import json
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TypedDict

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.settings import MissingSecret, Settings

_NONCE = 12
_INDEX = 16


class _Fields(TypedDict):
    current: str
    keys: dict[str, str]


class KeyRingJson(TypedDict):
    """A ring in its file: the keys by id, which one encrypts now, and the index key, all in base64."""

    fields: _Fields
    index: str


class Undecipherable(Exception):
    """A value that was not encrypted for this field and record, was altered, or whose key is not here."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys of an installation: every field key by id, which one encrypts now, and the index key."""

    current: str
    ciphers: dict[str, AESGCM]
    secrets: dict[str, bytes]
    index_key: bytes

    @classmethod
    def generate(cls) -> "KeyRing":
        """A ring with fresh keys."""
        return cls.from_json(
            {"fields": {"current": "k1", "keys": {"k1": _text(os.urandom(32))}}, "index": _text(os.urandom(32))}
        )

    @classmethod
    def load(cls, file: Path) -> "KeyRing":
        """The ring in a JSON file."""
        return cls.from_json(json.loads(file.read_text()))

    @classmethod
    def from_json(cls, document: KeyRingJson) -> "KeyRing":
        """The ring in a document. Raises ValueError where a key is short or the current one is missing."""
        secrets = {id: _bytes(key) for id, key in document["fields"]["keys"].items()}
        index, current = _bytes(document["index"]), document["fields"]["current"]
        if current not in secrets or any(len(key) != 32 for key in (*secrets.values(), index)):
            raise ValueError("a key ring needs 32-byte keys and its current one among them")
        return cls(current, {id: AESGCM(key) for id, key in secrets.items()}, secrets, index)

    def to_json(self) -> KeyRingJson:
        """The document of this ring; it holds the keys in plain."""
        keys = {id: _text(key) for id, key in self.secrets.items()}
        return {"fields": {"current": self.current, "keys": keys}, "index": _text(self.index_key)}

    def encrypt(self, plain: str, *, field: str, record: str) -> str:
        """The value to store for a field of a record."""
        return self.encrypt_bytes(plain.encode(), field=field, record=record)

    def encrypt_bytes(self, plain: bytes, *, field: str, record: str) -> str:
        """The value to store for binary content."""
        nonce = os.urandom(_NONCE)
        sealed = self.ciphers[self.current].encrypt(nonce, plain, f"{field}:{record}".encode())
        return f"v1.{self.current}." + base64.urlsafe_b64encode(nonce + sealed).decode()

    def decrypt(self, value: str, *, field: str, record: str) -> str:
        """The plain value. Raises Undecipherable, which never carries any of it."""
        return self.decrypt_bytes(value, field=field, record=record).decode()

    def decrypt_bytes(self, value: str, *, field: str, record: str) -> bytes:
        """The plain content. Raises Undecipherable."""
        try:
            version, id, body = value.split(".")
            sealed = base64.urlsafe_b64decode(body)
            cipher = self.ciphers[id]
            if version != "v1":
                raise Undecipherable("unknown format")
            return cipher.decrypt(sealed[:_NONCE], sealed[_NONCE:], f"{field}:{record}".encode())
        except (ValueError, KeyError, InvalidTag, binascii.Error) as error:
            raise Undecipherable("not readable with the keys of this installation") from error

    def blind_index(self, normalised: str, field: str) -> bytes:
        """The keyed index of a normalised value: equal values of a field have equal indexes, nothing else shows."""
        keyed = _keyed(self.index_key).copy()
        keyed.update(f"{field}:{normalised}".encode())
        return keyed.digest()[:_INDEX]


def keyring(settings: Settings) -> KeyRing:
    """The field keys that a process was told to use. Raises MissingSecret where it was told none."""
    if settings.keyring is None:
        raise MissingSecret("TUOPIN_KEYRING names no file")
    return KeyRing.load(settings.keyring)


@lru_cache(maxsize=4)
def _keyed(key: bytes) -> hmac.HMAC:
    """To be copied, which takes half as long as beginning with the key each time."""
    return hmac.new(key, digestmod="sha256")


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
