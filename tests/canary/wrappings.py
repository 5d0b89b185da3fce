"""Ways in which text is wrapped, and what is inside: each takes bytes and yields contents.

None of them has to be right about what the bytes are. What they yield is only searched, so they
unwrap whatever looks as if it could be, wherever it begins.
"""

import binascii
import bz2
import html
import lzma
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from typing import Protocol, TypeAlias

Unwrap: TypeAlias = Callable[[bytes], Iterator[bytes]]
Meaning: TypeAlias = Callable[[re.Match[bytes]], bytes]

BETWEEN = b"\n\0\n"  # joins contents, and no words across them
_MARGIN = 1024  # bytes around something escaped that may belong to the same word
_MOST = 1 << 26  # bytes that are inflated of one stream
_FEWEST = 8  # bytes that could be a canary


class _Stream(Protocol):
    @property
    def eof(self) -> bool: ...

    def decompress(self, data: bytes | memoryview, /) -> bytes: ...


def percent(data: bytes) -> Iterator[bytes]:
    """Unwrap URLs: %C3%BC."""
    return _rewritten(data, rb"%[0-9A-Fa-f]{2}", lambda found: bytes.fromhex(_ascii(found[0][1:])))


def quoted_printable(data: bytes) -> Iterator[bytes]:
    """Unwrap mail: =C3=BC, and lines broken within a word."""
    return _rewritten(data, rb"=(?:[0-9A-Fa-f]{2}|\r?\n)", _quoted)


def escapes(data: bytes) -> Iterator[bytes]:
    r"""Unwrap JSON and source text, also escaped twice: \u00fc, \xfc, \374, \n."""
    return _rewritten(
        data,
        rb"\\+(?:u[0-9A-Fa-f]{4}(?:\\+u[0-9A-Fa-f]{4})*|U[0-9A-Fa-f]{8}"
        rb"|x[0-9A-Fa-f]{2}|[0-3][0-7]{2}|[rnt/])",
        _escaped,
    )


def entities(data: bytes) -> Iterator[bytes]:
    """Unwrap HTML: &uuml; &#252; &#xFC;."""
    return _rewritten(
        data,
        rb"&(?:#[0-9]{1,7};?|#[Xx][0-9A-Fa-f]{1,6};?|[A-Za-z][0-9A-Za-z]{1,30};)",
        lambda found: html.unescape(_ascii(found[0])).encode("utf-8", "replace"),
    )


def folds(data: bytes) -> Iterator[bytes]:
    """Unwrap calendars and headers whose lines are broken within a word."""
    within = rb"\n[ \t](?=[\w+/=\x80-\xff])"
    return _rewritten(data, within, lambda _: b"", whole=rb"\r?" + within)


def header_words(data: bytes) -> Iterator[bytes]:
    """Unwrap words of a mail's headers: =?utf-8?b?w7w=?=, and what is between two of them."""
    return _rewritten(
        data, rb"=\?[^?\s]{1,40}\?([BbQq])\?([^?\s]*)\?=(?:\s+(?==\?))?", _header_word
    )


def base64(data: bytes) -> Iterator[bytes]:
    """Decode whatever could be base64, of either alphabet, in one line or many, from any letter."""
    found = dict.fromkeys(re.findall(rb"[\w+/-]{16,}(?:\r?\n[ \t]?[\w+/-]+)*", data))
    runs = [run.translate(_STANDARD, b"\r\n\t ") for run in found]
    for skipped, between in enumerate(
        (binascii.b2a_base64(BETWEEN, newline=False), b"AAAA", b"AAAA", b"AAAA")
    ):
        whole = (run[skipped:] + b"AAA"[: (skipped - len(run)) % 4] for run in runs)
        if letters := between.join(whole):
            yield binascii.a2b_base64(letters)


def hexadecimal(data: bytes) -> Iterator[bytes]:
    """Decode whatever could be hexadecimal digits, from the first of them or the second."""
    runs = dict.fromkeys(re.findall(rb"[0-9A-Fa-f]{17,}", data))
    for skipped, between in enumerate((binascii.hexlify(BETWEEN), b"000000")):
        whole = (run[skipped : len(run) - (len(run) - skipped) % 2] for run in runs)
        if digits := between.join(whole):
            yield binascii.unhexlify(digits)


def zlib_streams(data: bytes) -> Iterator[bytes]:
    """Inflate whatever could be a zlib stream; a checksum that no longer fits does not matter."""
    for found in re.finditer(rb"\x78[\x01\x5e\x9c\xda]", data):
        yield from _inflated(zlib.decompressobj(-15), data, found.end())


def gzip_streams(data: bytes) -> Iterator[bytes]:
    """Inflate whatever could be a gzip stream."""
    for found in re.finditer(rb"\x1f\x8b\x08", data):
        yield from _inflated(zlib.decompressobj(31), data, found.start())


def bz2_streams(data: bytes) -> Iterator[bytes]:
    """Inflate whatever could be a bzip2 stream."""
    for found in re.finditer(rb"BZh[1-9]1AY&SY", data):
        yield from _inflated(bz2.BZ2Decompressor(), data, found.start())


def xz_streams(data: bytes) -> Iterator[bytes]:
    """Inflate whatever could be an xz stream."""
    for found in re.finditer(rb"\xfd7zXZ\x00", data):
        yield from _inflated(lzma.LZMADecompressor(), data, found.start())


def zip_members(data: bytes) -> Iterator[bytes]:
    """Inflate the members of whatever could be a zip file, also one that is cut or has a hole."""
    for found in re.finditer(rb"PK\x03\x04.{4}\x08\x00.{16}(..)(..)", data, re.DOTALL):
        name, extra = (int.from_bytes(found[group], "little") for group in (1, 2))
        yield from _inflated(zlib.decompressobj(-15), data, found.end() + name + extra)


def deflate_streams(data: bytes) -> Iterator[bytes]:
    """Inflate contents that are, from the first byte on, a stream without any header."""
    for content in data.split(BETWEEN):
        if len(content) >= _FEWEST:
            yield from _inflated(zlib.decompressobj(-15), content, 0)


WRAPPINGS: Mapping[str, Unwrap] = {
    "percent": percent,
    "quoted-printable": quoted_printable,
    "escapes": escapes,
    "entities": entities,
    "folds": folds,
    "header words": header_words,
    "base64": base64,
    "hex": hexadecimal,
    "zlib": zlib_streams,
    "gzip": gzip_streams,
    "bz2": bz2_streams,
    "xz": xz_streams,
    "zip": zip_members,
    "deflate": deflate_streams,
}
_SINGLE = {b"r": b"\r", b"n": b"\n", b"t": b"\t", b"/": b"/"}
_STANDARD = bytes.maketrans(b"-_", b"+/")


def _rewritten(
    data: bytes, pattern: bytes, meaning: Meaning, *, whole: bytes | None = None
) -> Iterator[bytes]:
    """Yield the text around whatever the pattern finds, with each find replaced by its meaning.

    whole  what is replaced, if it begins before what is sought first
    """
    replaced = re.compile(whole or pattern)
    for passage in _passages(pattern, data):
        yield replaced.sub(meaning, passage)


def _passages(pattern: bytes, data: bytes) -> Iterator[bytes]:
    begin, end = 0, -1
    for found in re.finditer(pattern, data):
        if found.start() - _MARGIN > end:
            if end >= 0:
                yield data[begin:end]
            begin = max(0, found.start() - _MARGIN)
        end = found.end() + _MARGIN
    if end >= 0:
        yield data[begin:end]


def _quoted(found: re.Match[bytes]) -> bytes:
    digits = found[0][1:].strip()
    return bytes.fromhex(_ascii(digits))


def _escaped(found: re.Match[bytes]) -> bytes:
    letters = found[0].lstrip(b"\\")
    match letters[:1]:
        case b"r" | b"n" | b"t" | b"/":
            return _SINGLE[letters]
        case b"u":
            units = bytes.fromhex(_ascii(re.sub(rb"\\+u", b"", letters[1:])))
            return units.decode("utf-16-be", "replace").encode()
        case b"U":
            return bytes.fromhex(_ascii(letters[1:])).decode("utf-32-be", "replace").encode()
        case b"x":
            return bytes.fromhex(_ascii(letters[1:]))
        case _:
            return bytes([int(letters, 8)])


def _header_word(found: re.Match[bytes]) -> bytes:
    if found[1] in b"Bb":
        letters = found[2].rstrip(b"=")
        return b"" if len(letters) % 4 == 1 else binascii.a2b_base64(letters + b"==")
    return binascii.a2b_qp(found[2], header=True)


def _ascii(digits: bytes) -> str:
    return digits.decode("ascii")


def _inflated(stream: _Stream, data: bytes, start: int) -> Iterator[bytes]:
    """Yield what the stream holds, to its end or to a few kB before it breaks."""
    view, step, size = memoryview(data), 256, 0
    contents = list[bytes]()
    try:
        while start < len(data) and not stream.eof and size < _MOST:
            contents.append(stream.decompress(view[start : start + step]))
            start, step, size = start + step, min(step * 2, 4096), size + len(contents[-1])
    except (zlib.error, OSError, lzma.LZMAError, EOFError):
        pass  # it was none, or no more
    if size >= _FEWEST:
        yield b"".join(contents)
