"""Keys of an installation: a token key pair (Ed25519) and the keys that encrypt fields; and tokens made with them."""

import json
import time
from pathlib import Path

from shared.security.auth import ROLES, Caller, Revoked, generate_keys, issue
from shared.security.crypto import KeyRing

REVOKED = "revoked.json"


def initialise(folder: Path) -> bool:
    """Make the keys where there are none; never replaces one. Answers whether it made them."""
    keyring = folder / "keyring.json"
    if keyring.exists():
        return False
    generate_keys(folder)
    keyring.touch(mode=0o600)
    keyring.write_text(json.dumps(KeyRing.generate().to_json()))
    return True


def revoke(folder: Path, *, subject: str | None = None, token: str | None = None) -> None:
    """Withdraw one token by its id (``jti``), or every token that somebody has been given so far."""
    file = folder / REVOKED
    withdrawn = Revoked.model_validate_json(file.read_text()) if file.exists() else Revoked()
    tokens = withdrawn.tokens | ({token} if token else set())
    subjects = withdrawn.subjects | ({subject.strip().casefold(): time.time()} if subject else {})
    made = file.with_suffix(".new")
    made.write_text(Revoked(tokens=tokens, subjects=subjects).model_dump_json())
    made.replace(file)


def token(folder: Path, role: str, *, division: str, subject: str | None = None, hours: int = 12) -> str:
    """A signed token for somebody with one role. Raises ValueError for a role that does not exist."""
    if role not in ROLES:
        raise ValueError(f"no role {role}: one of {', '.join(ROLES)}")
    somebody = Caller(subject or role.replace("_", "-"), frozenset({role}), division)
    return issue(folder / "issuer.json", somebody, seconds=hours * 3600)
