"""Unpacks an answer's body piece by piece: never more than is allowed, whatever the packed bytes turn into."""

import zlib
from collections.abc import Iterable

ACCEPTED = "gzip, deflate"
LARGEST = 32 * 1024 * 1024
"""Bytes of one body, packed and unpacked: many times the largest page that a tracker sends."""
GZIP, ZLIB, RAW = 31, 15, -15
PACKED = {"gzip": GZIP, "x-gzip": GZIP, "deflate": ZLIB}


class Unfit(ValueError):
    """A body that cannot be taken, and why: asking again changes nothing."""


class Torn(ValueError):
    """A packed body that ends before its end: the connection broke, and asking again may help."""


def unpacked(pieces: Iterable[bytes], encoding: str, largest: int = LARGEST) -> bytes:
    """The body; Unfit where it is too large, packed as nobody asked for, or broken; Torn where its end is missing."""
    named = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(named) > 1 or not PACKED.keys() >= set(named):
        known = "".join(letter for letter in encoding[:40] if letter.isprintable())
        raise Unfit(f"the answer is packed as {known}, and {ACCEPTED} were asked for")
    body = _Body(largest, PACKED[named[0]] if named else 0)
    for piece in pieces:
        body.take(piece)
    if body.open:
        raise Torn("the answer ends before its end")
    return b"".join(body.parts)


class _Body:
    """What came so far, and how much more may come."""

    def __init__(self, largest: int, kind: int) -> None:
        self.parts: list[bytes] = []
        self._kind, self._largest = kind, largest
        self._packed = self._plain = 0
        self.open = False
        self._held = b""
        self._unpacker = None if kind in (0, ZLIB) else zlib.decompressobj(kind)

    def take(self, piece: bytes) -> None:
        """One more piece, as it came from the wire."""
        self._packed += len(piece)
        if self._packed > self._largest:
            raise self._too_large()
        if not self._kind:
            self.parts.append(piece)
            return
        try:
            self._unpack(self._begun(piece))
        except zlib.error:
            raise Unfit("the answer is packed and cannot be unpacked") from None

    def _begun(self, piece: bytes) -> bytes:
        """Some servers leave out the two bytes that "deflate" is to begin with: until both came, nothing is sure."""
        if self._unpacker is not None:
            return piece
        self._held, self.open = self._held + piece, bool(self._held or piece)
        if len(self._held) < 2:
            return b""
        begins = self._held[0] & 15 == 8 and int.from_bytes(self._held[:2], "big") % 31 == 0
        self._kind = ZLIB if begins else RAW
        self._unpacker = zlib.decompressobj(self._kind)
        return self._held

    def _unpack(self, piece: bytes) -> None:
        while piece and self._unpacker is not None:
            room = self._largest - self._plain
            part = self._unpacker.decompress(piece, room + 1)
            if len(part) > room:
                raise self._too_large()
            self._plain += len(part)
            self.parts.append(part)
            piece, self.open = self._unpacker.unconsumed_tail, not self._unpacker.eof
            if self._unpacker.eof:
                # Several packed bodies, one after the other, are one.
                piece, self._unpacker = self._unpacker.unused_data, zlib.decompressobj(self._kind)

    def _too_large(self) -> Unfit:
        return Unfit(f"the answer is larger than {self._largest // (1024 * 1024)} MB")
