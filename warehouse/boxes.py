"""Sealed boxes: text that anyone with a public key can shut in, and only the holder of the private key can open.

Belongs here: the cryptography (X25519, HKDF-SHA-256, AES-256-GCM), one box a pupil. Not here: where boxes and keys are kept (`vault`).
A box holds all that is needed to open it but the private key, and opens only for the pupil and the date that it was shut for.
"""

import datetime as dt
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from json.encoder import encode_basestring_ascii as as_json  # what json.dumps calls

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

Content = Sequence[str]
Entry = tuple[str, Content, dt.date]  # whose, what is shut in, and the date from which it is known
_MARK, _DATE_BYTES, _PUBLIC_BYTES, _NONCE_BYTES = b"\x01", 4, 32, 12
_DATE_END = len(_MARK) + _DATE_BYTES
_PUBLIC_END = _DATE_END + _PUBLIC_BYTES
_NONCE_END = _PUBLIC_END + _NONCE_BYTES
_PER_KEY = 10_000  # boxes that share one key agreement: it costs fifty times as much as a box
_PADDED_BYTES = 64  # a box's length tells no name's length


class BoxError(Exception):
    """A box that stays shut."""


def key_pair() -> tuple[bytes, bytes]:
    """A new private key and its public key."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def public_of(private: bytes) -> bytes:
    """The public key that belongs to a private key."""
    return X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def shut(public: bytes, entries: Iterable[Entry]) -> Iterator[tuple[str, bytes]]:
    """Shut every entry in a box of its own; yields whose it is, and the box."""
    waiting = iter(entries)
    while batch := list(islice(waiting, _PER_KEY)):
        ephemeral, cipher = _agreement(public)
        nonces = os.urandom(_NONCE_BYTES * len(batch))
        for start, (owner, content, known_date) in zip(range(0, len(nonces), _NONCE_BYTES), batch, strict=True):
            head, nonce = _head(known_date), nonces[start : start + _NONCE_BYTES]
            yield owner, head + ephemeral + nonce + cipher.encrypt(nonce, _padded(content), head + owner.encode())


@cache
def _head(known_date: dt.date) -> bytes:
    return _MARK + known_date.toordinal().to_bytes(_DATE_BYTES, "big")


def open_all(private: bytes, boxes: Iterable[tuple[str, bytes]]) -> dict[str, list[str]]:
    """Open boxes; returns what was shut in, by whose it is.

    Raises
    ------
    BoxError
        Where a box is another's, was altered, or was shut with another public key.
    """
    own = X25519PrivateKey.from_private_bytes(private)
    opener = cache(lambda ephemeral: _opener(own, ephemeral))
    try:
        return {owner: _opened(opener(box[_DATE_END:_PUBLIC_END]), owner, box) for owner, box in boxes}
    except (InvalidTag, ValueError):  # neither says which box: that would name a pupil
        raise BoxError("A box stays shut: it is another's, was altered, or was shut with another key.") from None


def known_date_of(box: bytes) -> dt.date:
    """The date that stands on a box, for whoever may not open it; opening proves that it is the one it was shut with."""
    return dt.date.fromordinal(int.from_bytes(box[len(_MARK) : _DATE_END], "big"))


def _padded(content: Content) -> bytes:
    text = f"[{', '.join(map(as_json, content))}]".encode()
    return text.ljust(-(-len(text) // _PADDED_BYTES) * _PADDED_BYTES)


def _opened(cipher: AESGCM, owner: str, box: bytes) -> list[str]:
    if box[: len(_MARK)] != _MARK:
        raise ValueError("another form of box")
    plain = cipher.decrypt(box[_PUBLIC_END:_NONCE_END], box[_NONCE_END:], box[:_DATE_END] + owner.encode())
    content: list[str] = json.loads(plain)
    return content


def _agreement(public: bytes) -> tuple[bytes, AESGCM]:
    """A key that is used for some boxes and then forgotten, and what is needed to agree on it again."""
    once = X25519PrivateKey.generate()
    ephemeral = once.public_key().public_bytes_raw()
    return ephemeral, _cipher(once.exchange(X25519PublicKey.from_public_bytes(public)), ephemeral, public)


def _opener(own: X25519PrivateKey, ephemeral: bytes) -> AESGCM:
    shared = own.exchange(X25519PublicKey.from_public_bytes(ephemeral))
    return _cipher(shared, ephemeral, own.public_key().public_bytes_raw())


def _cipher(shared: bytes, ephemeral: bytes, public: bytes) -> AESGCM:
    key = HKDF(SHA256(), 32, salt=None, info=b"aanboord identity box 1" + ephemeral + public)
    return AESGCM(key.derive(shared))
