"""The two icons of the Teams app: the speech bubble with a keyhole, as on the page.

Drawn point by point and written as PNG, so that no program for pictures is needed.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable

ACCENT = "#0b5c56"
COLOR_SIZE, OUTLINE_SIZE = 192, 32
_GRID = 32.0  # the drawing is 32 by 32
_FINE = 4  # points looked at along each side of a pixel, for smooth edges
_SHRUNK = 0.62  # Teams asks for room around the drawing in the coloured icon
_LINE, _FOOT = 2.0, 8.0
_TEAL, _WHITE = (11, 92, 86), (255, 255, 255)

Inside = Callable[[float, float], bool]


def color_icon() -> bytes:
    """Return the icon of 192 by 192: the bubble in white on our own colour."""

    def white(x: float, y: float) -> bool:
        x, y = _outward(x), _outward(y)
        return _bubble(x, y, 0.0) and not _keyhole(x, y)

    def pixel(share: float) -> bytes:
        mixed = (round(t + (w - t) * share) for t, w in zip(_TEAL, _WHITE, strict=True))
        return bytes((*mixed, 255))

    return _png(COLOR_SIZE, white, pixel)


def outline_icon() -> bytes:
    """Return the icon of 32 by 32: white lines on nothing."""

    def line(x: float, y: float) -> bool:
        border = _bubble(x, y, 0.0) and not _bubble(x, y, _LINE)
        return border or _keyhole(x, y)

    return _png(OUTLINE_SIZE, line, lambda share: bytes((*_WHITE, round(255 * share))))


def _outward(place: float) -> float:
    return (place - _GRID / 2) / _SHRUNK + _GRID / 2


def _bubble(x: float, y: float, inset: float) -> bool:
    """Tell whether a point lies in the bubble, so far from its border."""
    corner = 4.0
    across = max(abs(x - 16) - (14 - corner), 0.0)
    down = max(abs(y - 14) - (11 - corner), 0.0)
    in_box = across**2 + down**2 <= (corner - inset) ** 2
    low, left, slope = 25 - inset, 8 + inset, 15 - inset * 2.1
    in_tail = y >= low - inset and x >= left and (x - 8) * 6 + (y - 25) * 7 <= (slope - 8) * 6
    return in_box or in_tail


def _keyhole(x: float, y: float) -> bool:
    in_round = (x - 16) ** 2 + (y - 12) ** 2 <= 4**2
    in_foot = abs(y - 16) <= _FOOT / 2 and abs(x - 16) <= 2 + (y - 15.5) / 4.5
    return in_round or in_foot


def _png(size: int, inside: Inside, pixel: Callable[[float], bytes]) -> bytes:
    """Return a square picture; `pixel` says the colour for the share of it that is drawn on."""
    rows = (
        b"\0" + b"".join(pixel(_share(column, row, size, inside)) for column in range(size))
        for row in range(size)
    )
    head = struct.pack(">IIBBBBB", size, size, 8, 6, 0, 0, 0)
    drawn = zlib.compress(b"".join(rows), 9)
    parts = ((b"IHDR", head), (b"IDAT", drawn), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_part(name, content) for name, content in parts)


def _share(column: int, row: int, size: int, inside: Inside) -> float:
    steps = [(step + 0.5) / _FINE for step in range(_FINE)]
    scale = _GRID / size
    hits = sum(inside((column + x) * scale, (row + y) * scale) for y in steps for x in steps)
    return hits / _FINE**2


def _part(name: bytes, content: bytes) -> bytes:
    check = zlib.crc32(name + content)
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", check)
