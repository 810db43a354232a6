"""Nothing starts with a key that somebody could guess (S2)."""

import pytest

from antiphon.access import load_signing_keys, make_signing_key
from antiphon.model.errors import Refused

GOOD = "hV3nQ7wLxT2yRkZ9mB5cJ8dF1gP6sUa4"
OTHER = "r2W8yNfK5tXq1ZbV7mLc4HjD9gSpE3Ua"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "SigningKeyMissing"),
        ("  \n# only a comment\n", "SigningKeyMissing"),
        (GOOD[:31], "SigningKeyShort"),
        ("x", "SigningKeyShort"),
        ("a" * 64, "SigningKeyRepetitive"),
        ("ab" * 32, "SigningKeyRepetitive"),
        ("q7Wz9LmX" * 8, "SigningKeyRepetitive"),
        ("0000000000000000111111111111111122222222", "SigningKeyRepetitive"),
        ("changeme-changeme-please-changeme-now", "SigningKeyWellKnown"),
        ("your-256-bit-secret-goes-in-this-place", "SigningKeyWellKnown"),
        ("Antiphon-Signing-Key-For-Development!", "SigningKeyWellKnown"),
        ("0123456789abcdef0123456789ABCDEF", "SigningKeyWellKnown"),
        (f"{GOOD}\nshort", "SigningKeyShort"),
        (f"{GOOD}\n{'a' * 40}", "SigningKeyRepetitive"),
        (f"{GOOD}\n{GOOD}", "SigningKeyRepeated"),
        (f"{GOOD}\n{OTHER}\n{GOOD[::-1]}", "SigningKeySurplus"),
    ],
)
def test_a_key_somebody_could_guess_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        load_signing_keys(text)
    assert refusal.value.code == code


@pytest.mark.parametrize("text", ["changeme-changeme-please-changeme-now", GOOD[:20]])
def test_a_refusal_tells_the_next_step_and_never_the_key(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        load_signing_keys(text)
    assert text not in str(refusal.value)
    assert "token_urlsafe" in str(refusal.value)


def test_one_line_is_the_current_key() -> None:
    keys = load_signing_keys(f"# made on Monday\n\n  {GOOD}  \n")
    assert keys.live == (GOOD.encode(),)


def test_a_second_line_is_the_previous_key() -> None:
    keys = load_signing_keys(f"{GOOD}\n{OTHER}\n")
    assert (keys.current, keys.previous) == (GOOD.encode(), OTHER.encode())


def test_keys_do_not_show_in_their_own_text() -> None:
    keys = load_signing_keys(f"{GOOD}\n{OTHER}")
    assert repr(keys) == str(keys) == "SigningKeys(2 live)"


def test_every_key_we_make_is_accepted() -> None:
    made = [make_signing_key() for _ in range(200)]
    assert [load_signing_keys(key).current.decode() for key in made] == made
    assert len(set(made)) == len(made)
