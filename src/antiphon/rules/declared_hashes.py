"""Declared hashes of files, in the many ways senders write them. Source: formats 6; AVS HashSumAlgorithmType."""

import base64
import binascii
import re
from typing import NamedTuple

from antiphon.model.claims import HashSum
from antiphon.model.statement import Statement

_ALGORITHMS = {
    "MD5": "md5",
    "SHA": "sha1",
    "SHA1": "sha1",
    "SHA2": "sha256",
    "SHA224": "sha224",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
    "SHA3": "sha3_256",
}
_HEX_LENGTHS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128, "sha3_256": 64}


class DeclaredHash(NamedTuple):
    """A declared hash in our form: the algorithm as hashlib names it, and lower-case hex."""

    algorithm: str
    hex: str


def read_declared_hash(hash_sum: HashSum) -> DeclaredHash | None:
    """Return a declared hash in our form; None: an algorithm we do not know, or a value that is no such hash.

    The value may be hex in any case or base64, as HashSumDataType allows. No algorithm named: MD5, which dominates.
    """
    name = re.sub(r"[^A-Z0-9]", "", hash_sum.algorithm.upper()) or "MD5"
    algorithm = _ALGORITHMS.get(name)
    if algorithm is None:
        return None
    value = "".join(hash_sum.value.split())
    length = _HEX_LENGTHS[algorithm]
    if re.fullmatch(rf"[0-9a-fA-F]{{{length}}}", value):
        return DeclaredHash(algorithm, value.lower())
    try:
        decoded = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return DeclaredHash(algorithm, decoded.hex()) if len(decoded) * 2 == length else None


def declared_algorithms(statement: Statement) -> frozenset[str]:
    """Return the algorithms, as hashlib names them, that the files of a message must be hashed with to check them."""
    sums = (file.hash_sum for resource in statement.resources for file in resource.files if file.hash_sum)
    return frozenset(declared.algorithm for declared in map(read_declared_hash, sums) if declared)
