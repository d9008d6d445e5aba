"""Text for Teams: Markdown escaped, so that it is shown as it is, and cut to what fits.

Teams reads Markdown in the text of a message, in text blocks and in facts, and makes links of
addresses. What people typed must be none of that; as nothing here knows who wrote what, every
text is escaped.
"""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections.abc import Callable
from typing import Any

MOST_BYTES = 20 * 1024
"""What a card may take, as Teams counts: in UTF-16."""
CUT, CUT_ID = "…", "cut"
_MOST_UNITS = MOST_BYTES // 2
_SPARE = 300  # the names of the texts beside the card, and later what somebody chose
_LEAST_FALLBACK = 600
_LONGEST = 40_000
_SHORTEST = 40
# Control characters, halves of a character, and signs that turn the direction of writing.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")
_NEW_LINE = re.compile("\r\n?|[\u2028\u2029]")
_MARK = re.compile(
    r"""
    (?=[\\`*_\[\]<>~|{}(&.:/@])  # most signs are none of these, and are passed over at once
    (?:
    [\\`*_\[\]<>~|{}]        # emphasis, code, links, HTML, mentions, tables, DATE() and TIME()
    | (?<=\])\(              # a link, for a reader that does not know an escaped bracket
    | &(?=[#A-Za-z])         # a character by its name
    | (?<=\w)\.(?=[^\W\d]{2})  # the address of a site
    | :(?=//) | /(?=/) | (?<=/)/ | (?<=mailto): | @(?=\d)
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LINE_MARK = re.compile(r"^(?:(\d{1,9})(?=[.)])|(?=[#+=-]))")

Json = dict[str, Any]


def clean(text: str) -> str:
    """Return the text with one kind of line end and without what cannot be shown."""
    return _UNSEEN.sub("", _NEW_LINE.sub("\n", text))


def escape(text: str) -> str:
    """Return the text as Markdown that shows it as it is; every line is a paragraph."""
    lines = (line.strip() for line in clean(text).split("\n"))
    return "\n\n".join(_escaped_line(line) for line in lines if line)


def spoken(text: str) -> str:
    """Return the text to be read aloud or shown as it is, in which nothing looks like a tag."""
    return clean(text).replace("<", "‹").replace(">", "›").strip()


def cut(text: str, longest: int) -> str:
    """Return the text, cut between words where it is longer."""
    if len(text) <= longest:
        return text
    place = max(text.rfind(sign, longest // 2, longest) for sign in ("\n", " "))
    return text[: place if place > 0 else longest - 1].rstrip() + CUT


def units(value: Any) -> int:
    """Return what a value takes in JSON, in units of UTF-16, two bytes each."""
    return len(json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass")) // 2


def fitted(build: Callable[[int], Json], said: str, note: str) -> Json:
    """Return a card that fits, with what it says as text beside it.

    `build` draws the card with texts of at most so many characters, so that the longest are cut
    first. A card that lost something ends with the note.
    """
    most = _MOST_UNITS - _LEAST_FALLBACK
    card = build(_LONGEST)
    if units(card) > most:
        last = note_block(note)
        most -= units(last) + 2
        fitting = bisect_right(range(_SHORTEST, _LONGEST), most, key=lambda n: units(build(n)))
        card = build(_SHORTEST + max(fitting - 1, 0))
        room = most - units({**card, "body": []})
        card = {**card, "body": [*_kept(card["body"], room), last]}
    return _with_text(card, said)


def note_block(note: str) -> Json:
    """Return the words at the end of a card that lost something."""
    return {"type": "TextBlock", "id": CUT_ID, "text": escape(note), "isSubtle": True, "wrap": True}


def _escaped_line(line: str) -> str:
    marked = _MARK.sub(lambda found: f"\\{found[0]}", line)
    return _LINE_MARK.sub(lambda found: f"{found[1] or ''}\\", marked)


def _kept(body: list[Json], room: int) -> list[Json]:
    """Return the elements that fit, in order; where not all do, what can be pressed goes first."""
    sizes = [units(element) + 2 for element in body]
    if sum(sizes) <= room:
        return body
    kept: set[int] = set()
    taken = 0
    for pressed, share in ((True, room * 3 // 4), (False, room)):
        for number, element in enumerate(body):
            if (element["type"] == "ActionSet") is pressed and taken + sizes[number] <= share:
                taken += sizes[number]
                kept.add(number)
    return [body[number] for number in sorted(kept)]


def _with_text(card: Json, said: str) -> Json:
    """Add the text for a client that cannot draw the card, and for one that reads it aloud."""
    room = _MOST_UNITS - units(card) - _SPARE
    fallback = _within(said, room, escape)
    room -= units(fallback)
    aloud = spoken(said)
    # Half a text would be read instead of the card: either all of it, or the card itself.
    voice = {"speak": aloud} if units(aloud) <= room else {}
    return {**card, "fallbackText": fallback, **voice}


def _within(text: str, room: int, render: Callable[[str], str]) -> str:
    """Return as much of a text as fits when it is rendered."""
    whole = render(text)
    if units(whole) <= room:
        return whole
    longest = bisect_right(range(len(text)), room, key=lambda n: units(render(cut(text, n + 1))))
    return render(cut(text, longest))
