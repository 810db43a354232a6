"""The keys a process signs with, from its environment."""

import os

from antiphon.access import SigningKeys, load_signing_keys
from antiphon.model.errors import Refused


def read_signing_keys() -> SigningKeys:
    """Return the signing keys of the environment: ``ANTIPHON_SIGNING_KEY`` and, while rotating, ``..._PREVIOUS``.

    Raises: Refused for a missing, short or guessable key; nothing that signs starts without one.
    """
    lines = [os.environ.get(name, "") for name in ("ANTIPHON_SIGNING_KEY", "ANTIPHON_SIGNING_KEY_PREVIOUS")]
    try:
        return load_signing_keys("\n".join(lines))
    except Refused as error:
        raise Refused(error.code, f"ANTIPHON_SIGNING_KEY: {error}") from error
