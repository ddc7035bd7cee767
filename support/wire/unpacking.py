"""Undoes an answer's content coding for the observers, beside the path of the bytes."""

from __future__ import annotations

import zlib
from collections.abc import Iterator

_PIECE = 64 * 1024
_TOTAL_LIMIT = 256 * 1024 * 1024
"""Unpacked bytes of one answer that are looked at: what unpacks to more is meant to stall its reader."""
_GZIP, _ZLIB, _RAW = zlib.MAX_WBITS | 16, zlib.MAX_WBITS, -zlib.MAX_WBITS
_FORMATS = {b"gzip": (_GZIP,), b"x-gzip": (_GZIP,), b"deflate": (_ZLIB, _RAW)}
"""What a coding may mean, the right one first: many send "deflate" without its header."""


class UnpackingError(RuntimeError):
    """An answer unpacks to so much that it was not looked at to its end."""


class Unpacking:
    """One body: packed pieces in, unpacked pieces of bounded size out."""

    def __init__(self, formats: tuple[int, ...]) -> None:
        self._formats = formats
        self._inflater: zlib._Decompress | None = zlib.decompressobj(formats[0])
        self._total = 0
        self._opening = b""
        """What came before anything was unpacked: read again when the coding means something else."""

    def feed(self, data: bytes) -> Iterator[bytes]:
        """What these bytes unpack to; what cannot be unpacked comes as it is. Raises UnpackingError beyond a bound."""
        while data:
            if self._inflater is None:
                yield data
                return
            if not self._total:
                self._opening += data
            try:
                yield from self._inflated(self._inflater, data)
            except zlib.error:
                data = self._try_next(data)
                continue
            data = b""
            if self._inflater.eof:
                data = self._inflater.unused_data
                self._inflater = zlib.decompressobj(self._formats[0])

    def _inflated(self, inflater: zlib._Decompress, data: bytes) -> Iterator[bytes]:
        while True:
            piece = inflater.decompress(data, _PIECE)
            data = inflater.unconsumed_tail
            self._total += len(piece)
            if self._total > _TOTAL_LIMIT:
                raise UnpackingError(
                    f"an answer unpacks to more than {_TOTAL_LIMIT:,} bytes: its rest was not searched"
                )
            if piece:
                yield piece
            if inflater.eof or (not data and len(piece) < _PIECE):
                return

    def _try_next(self, data: bytes) -> bytes:
        self._formats = self._formats[1:]
        self._inflater = zlib.decompressobj(self._formats[0]) if self._formats and not self._total else None
        if self._total:
            return data
        opening, self._opening = self._opening, b""
        return opening


def unpacking(coding: bytes) -> Unpacking | None:
    """What undoes this Content-Encoding; None when there is none, or none that is known here."""
    formats = _FORMATS.get(coding.strip().lower())
    return None if formats is None else Unpacking(formats)
