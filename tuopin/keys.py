"""Keys of an installation: a token key pair (Ed25519) and the keys that encrypt fields; and tokens made with them."""

import json
from pathlib import Path

from shared.security.auth import ROLES, Caller, generate_keys, issue
from shared.security.crypto import KeyRing


def initialise(folder: Path) -> bool:
    """Make the keys where there are none; never replaces one. Answers whether it made them."""
    keyring = folder / "keyring.json"
    if keyring.exists():
        return False
    generate_keys(folder)
    keyring.touch(mode=0o600)
    keyring.write_text(json.dumps(KeyRing.generate().to_json()))
    return True


def token(folder: Path, role: str, *, division: str, subject: str | None = None, hours: int = 12) -> str:
    """A signed token for somebody with one role. Raises ValueError for a role that does not exist."""
    if role not in ROLES:
        raise ValueError(f"no role {role}: one of {', '.join(ROLES)}")
    somebody = Caller(subject or role.replace("_", "-"), frozenset({role}), division)
    return issue(folder / "issuer.json", somebody, seconds=hours * 3600)
