"""Identifiers as value types: one parser each, which normalises and checks. A bare ``str`` carries none of them
across a package.

Each parser accepts what senders write (hyphens, dots, blanks, lower case) and gives the one normal form; it raises
``InvalidIdentifier`` with what was wrong. Whether the sender's form was already normal is for a rule to say.
Source: formats 5; ISO 3901 (ISRC), GRid standard, GS1 (ICPN), ISO 15707 (ISWC), ISO 27729 (ISNI), DDEX DPID.
"""

import re
from typing import NewType

Isrc = NewType("Isrc", str)
Grid = NewType("Grid", str)
Dpid = NewType("Dpid", str)
Icpn = NewType("Icpn", str)
Iswc = NewType("Iswc", str)
Isni = NewType("Isni", str)

_NOISE = re.compile(r"[\s.\-‐-―]+")
_PLAIN_ISRC = re.compile(r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}")
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class InvalidIdentifier(ValueError):
    """The text is no identifier of its kind. The provider's fault. ``reason`` says which part is wrong."""

    def __init__(self, kind: str, text: str, reason: str) -> None:
        self.kind = kind
        self.text = text
        self.reason = reason
        super().__init__(f"{text!r} is no {kind}: {reason}")


def parse_isrc(text: str) -> Isrc:
    """Return the ISRC in its 12-character form. Raises: InvalidIdentifier."""
    # Most are in it already, and every rule about ISRCs asks for each of them.
    if _PLAIN_ISRC.fullmatch(text):
        return Isrc(text)
    return Isrc(
        _match("ISRC", text, r"[A-Z]{2}[A-Z0-9]{3}[0-9]{7}", "12 characters: 2 letters, 3 alphanumerics, 7 digits")
    )


def parse_grid(text: str) -> Grid:
    """Return the GRid in its 18-character form, check character verified. Raises: InvalidIdentifier."""
    value = _match("GRid", text, r"A1[A-Z0-9]{16}", "18 characters that start with A1")
    return Grid(_checked("GRid", text, value, passes_mod_37_36(value)))


def parse_dpid(text: str) -> Dpid:
    """Return the DDEX party id in its 18-character form, check character verified. Raises: InvalidIdentifier."""
    value = _match("DPID", text.removeprefix("DPID:"), r"PADPIDA[A-Z0-9]{11}", "18 characters that start with PADPIDA")
    return Dpid(_checked("DPID", text, value, passes_mod_37_36(value)))


def parse_icpn(text: str) -> Icpn:
    """Return the ICPN (UPC, EAN, JAN) as it was written less its noise, check digit verified.

    Compare two by ``gtin_14``. Raises: InvalidIdentifier.
    """
    value = _match("ICPN", text, r"[0-9]{8}|[0-9]{12,14}", "8, 12, 13 or 14 digits")
    return Icpn(_checked("ICPN", text, value, passes_gs1_mod_10(value)))


def parse_iswc(text: str) -> Iswc:
    """Return the ISWC as T and 10 digits, check digit verified. Raises: InvalidIdentifier."""
    value = _match("ISWC", text, r"T[0-9]{10}", "T and 10 digits")
    total = 1 + sum(i * int(digit) for i, digit in enumerate(value[1:10], 1))
    return Iswc(_checked("ISWC", text, value, int(value[10]) == (10 - total % 10) % 10))


def parse_isni(text: str) -> Isni:
    """Return the ISNI as 16 characters, check character verified. Raises: InvalidIdentifier."""
    value = _match("ISNI", text, r"[0-9]{15}[0-9X]", "15 digits and a digit or X")
    remainder = 0
    for digit in value[:15]:
        remainder = (remainder + int(digit)) * 2 % 11
    return Isni(_checked("ISNI", text, value, value[15] == "0123456789X"[(12 - remainder) % 11]))


def gtin_14(icpn: Icpn) -> str:
    """Return the form two ICPNs are compared in: padded with zeros to 14 digits."""
    return icpn.zfill(14)


def passes_mod_37_36(value: str) -> bool:
    """Tell whether the last character checks the others. Source: ISO 7064 MOD 37,36."""
    product = 36
    for character in value[:-1]:
        product = (product + _ALPHABET.index(character)) % 36 or 36
        product = product * 2 % 37
    return (product + _ALPHABET.index(value[-1])) % 36 == 1


def passes_gs1_mod_10(digits: str) -> bool:
    """Tell whether the last digit checks the others. Source: GS1 General Specifications 7.9."""
    total = sum(int(digit) * (3 if i % 2 else 1) for i, digit in enumerate(reversed(digits)))
    return total % 10 == 0


def _match(kind: str, text: str, pattern: str, form: str) -> str:
    value = _NOISE.sub("", text).upper()
    if not re.fullmatch(pattern, value, re.ASCII):
        raise InvalidIdentifier(kind, text, f"it is not {form}")
    return value


def _checked(kind: str, text: str, value: str, passes: bool) -> str:  # noqa: FBT001 - the outcome of a check, not an option
    if not passes:
        raise InvalidIdentifier(kind, text, "its check character does not fit the others")
    return value
