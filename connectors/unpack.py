"""Unpacks an answer's body piece by piece: never more than is allowed, whatever the packed bytes turn into."""

import zlib
from collections.abc import Iterable

ACCEPTED = "gzip, deflate"
MAX_BODY_BYTES = 32 * 1024 * 1024
"""Bytes of one body, packed and unpacked: many times the largest page that a tracker sends."""
GZIP, ZLIB, RAW = 31, 15, -15
PACKED = {"gzip": GZIP, "x-gzip": GZIP, "deflate": ZLIB}


class UnusableBody(ValueError):
    """A body that cannot be taken, and why: asking again changes nothing."""


class IncompleteBody(ValueError):
    """A packed body that ends before its end: the connection broke, and asking again may help."""


def decompress(chunks: Iterable[bytes], encoding: str, limit: int = MAX_BODY_BYTES) -> bytes:
    """The body; Unfit where it is too large, packed as nobody asked for, or broken; Torn where its end is missing."""
    encodings = [name for part in encoding.lower().split(",") if (name := part.strip()) not in ("", "identity")]
    if len(encodings) > 1 or not PACKED.keys() >= set(encodings):
        known = "".join(letter for letter in encoding[:40] if letter.isprintable())
        raise UnusableBody(f"the answer is packed as {known}, and {ACCEPTED} were requested")
    body = _Body(limit, PACKED[encodings[0]] if encodings else 0)
    for chunk in chunks:
        body.take(chunk)
    if body.is_open:
        raise IncompleteBody("the answer ends before its end")
    return b"".join(body.parts)


class _Body:
    """What came so far, and how much more may come."""

    def __init__(self, limit: int, kind: int) -> None:
        self.parts: list[bytes] = []
        self._kind, self._limit = kind, limit
        self._packed = self._plain = 0
        self.is_open = False
        self._buffer = b""
        self._unpacker = None if kind in (0, ZLIB) else zlib.decompressobj(kind)

    def take(self, chunk: bytes) -> None:
        """One more piece, as it came from the wire."""
        self._packed += len(chunk)
        if self._packed > self._limit:
            raise self._size_error()
        if not self._kind:
            self.parts.append(chunk)
            return
        try:
            self._unpack(self._detect_format(chunk))
        except zlib.error:
            raise UnusableBody("the answer is packed and cannot be unpacked") from None

    def _detect_format(self, chunk: bytes) -> bytes:
        """Some servers leave out the two bytes that "deflate" is to begin with: until both came, nothing is sure."""
        if self._unpacker is not None:
            return chunk
        self._buffer, self.is_open = self._buffer + chunk, bool(self._buffer or chunk)
        if len(self._buffer) < 2:
            return b""
        has_header = self._buffer[0] & 15 == 8 and int.from_bytes(self._buffer[:2], "big") % 31 == 0
        self._kind = ZLIB if has_header else RAW
        self._unpacker = zlib.decompressobj(self._kind)
        return self._buffer

    def _unpack(self, chunk: bytes) -> None:
        while chunk and self._unpacker is not None:
            remaining = self._limit - self._plain
            part = self._unpacker.decompress(chunk, remaining + 1)
            if len(part) > remaining:
                raise self._size_error()
            self._plain += len(part)
            self.parts.append(part)
            chunk, self.is_open = self._unpacker.unconsumed_tail, not self._unpacker.eof
            if self._unpacker.eof:
                # Several packed bodies, one after the other, are one.
                chunk, self._unpacker = self._unpacker.unused_data, zlib.decompressobj(self._kind)

    def _size_error(self) -> UnusableBody:
        return UnusableBody(f"the answer is larger than {self._limit // (1024 * 1024)} MB")
