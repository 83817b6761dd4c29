"""Packed answers: what comes out is bounded, whatever goes in."""

import gzip
import tracemalloc
import zlib
from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.http.transport import IncompleteBody, UnusableBody, decompress

MOST = 100_000


def raw(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


PACKERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, "Deflate ": raw, "": bytes}


def pieces(body: bytes, size: int) -> Iterator[bytes]:
    yield from (body[at : at + size] for at in range(0, len(body), size))


@given(st.binary(max_size=500), st.sampled_from(sorted(PACKERS)), st.integers(1, 600))
def test_what_was_packed_comes_out_whatever_the_pieces(body: bytes, how: str, size: int) -> None:
    assert decompress(pieces(PACKERS[how](body), size), how) == body


@given(st.lists(st.binary(max_size=50), max_size=4), st.integers(1, 60))
def test_several_packed_bodies_are_one(bodies: list[bytes], size: int) -> None:
    assert decompress(pieces(b"".join(map(gzip.compress, bodies)), size), "gzip") == b"".join(bodies)


@given(st.binary(max_size=300), st.sampled_from(["gzip", "deflate", "identity", "", "br"]))
def test_any_bytes_are_a_body_or_a_refusal(body: bytes, how: str) -> None:
    with suppress(UnusableBody, IncompleteBody):
        assert len(decompress([body], how, 200)) <= 200


@pytest.mark.parametrize("how", sorted(PACKERS))
@pytest.mark.parametrize("size", [1 << 10, 1 << 22])
def test_a_body_that_grows_beyond_all_measure_is_stopped_before_it_does(how: str, size: int) -> None:
    bomb = PACKERS[how](b"[" * 30_000_000)
    tracemalloc.start()
    try:
        with pytest.raises(UnusableBody, match="larger than 0 MB"):
            decompress(pieces(bomb, size), how, MOST)
        assert tracemalloc.get_traced_memory()[1] < 60 * MOST + size
    finally:
        tracemalloc.stop()


def test_bytes_that_unpack_to_nothing_are_counted_as_well() -> None:
    with pytest.raises(UnusableBody, match="larger than"):
        decompress((gzip.compress(b"") for _ in range(MOST)), "gzip", MOST)


@pytest.mark.parametrize("how", ["br", "zstd", "gzip, gzip", "gzip,deflate,gzip", "compress", "unheard of"])
def test_a_packing_that_nobody_asked_for_is_said(how: str) -> None:
    with pytest.raises(UnusableBody, match=r"packed as .*, and gzip, deflate were requested"):
        decompress([b"x"], how)


@pytest.mark.parametrize("how", ["gzip", "deflate"])
def test_what_cannot_be_unpacked_is_said(how: str) -> None:
    with pytest.raises(UnusableBody, match="cannot be unpacked"):
        decompress([b"<html>" * 40], how)


@pytest.mark.parametrize("how", ["gzip", "deflate", "Deflate "])
def test_a_body_without_its_end_is_torn(how: str) -> None:
    for left in range(1, 8):
        with pytest.raises(IncompleteBody):
            decompress([PACKERS[how](b'{"a": 1}')[:-left]], how)
