"""Keys of an installation: a token key pair (Ed25519) and the keys that encrypt fields."""

import json
from pathlib import Path

from shared.security.auth import generate_keys
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
