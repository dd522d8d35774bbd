"""Values that others seal for this installation: they hold its public key and can open nothing (ADR 10).

X25519 with a fresh key for each value, HKDF-SHA256, AES-256-GCM. A value is the text ``s1.<key id>.<base64url of the
sender's public key, nonce and ciphertext>``. ``context`` is authenticated with it, so a value moved to another record
does not open. The private keys follow from the field keys and rotate with them.
"""

import base64
import binascii
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.security.crypto import KeyRing, Undecipherable

_KEY, _NONCE = 32, 12


def public_key(keys: KeyRing) -> str:
    """What others need to seal values for this installation: ``<key id>.<base64url>``."""
    return f"{keys.current}." + _text(_private(keys, keys.current).public_key().public_bytes_raw())


def seal(plain: str, public: str, *, context: str) -> str:
    """Seal a value with somebody's public key."""
    id, _, theirs = public.partition(".")
    ours, nonce = X25519PrivateKey.generate(), os.urandom(_NONCE)
    secret = ours.exchange(X25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(theirs)))
    sender = ours.public_key().public_bytes_raw()
    sealed = AESGCM(_derive(secret, sender)).encrypt(nonce, plain.encode(), context.encode())
    return f"s1.{id}." + _text(sender + nonce + sealed)


def unseal(value: str, keys: KeyRing, *, context: str) -> str:
    """The plain value. Raises Undecipherable, which never carries any of it."""
    try:
        version, id, body = value.split(".")
        content = base64.urlsafe_b64decode(body)
        if version != "s1" or id not in keys.secrets:
            raise Undecipherable("sealed in an unknown format or for another key")
        sender, nonce, sealed = content[:_KEY], content[_KEY : _KEY + _NONCE], content[_KEY + _NONCE :]
        secret = _private(keys, id).exchange(X25519PublicKey.from_public_bytes(sender))
        return AESGCM(_derive(secret, sender)).decrypt(nonce, sealed, context.encode()).decode()
    except (ValueError, InvalidTag, binascii.Error) as error:
        raise Undecipherable("not sealed for this record and this installation") from error


def _private(keys: KeyRing, id: str) -> X25519PrivateKey:
    return X25519PrivateKey.from_private_bytes(_derive(keys.secrets[id], b"departments.exchange"))


def _derive(secret: bytes, info: bytes) -> bytes:
    return HKDF(hashes.SHA256(), _KEY, None, info).derive(secret)


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode()
