"""Finds the day a person mentions: `3 juni`, `June 3rd 2026`, `2026-06-03`, `gisteren`."""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import cache

from babel.dates import get_month_names

from bot.messages import LANGUAGES
from bot.text import normalise

_RELATIVE = {
    "vandaag": 0,
    "today": 0,
    "gisteren": 1,
    "yesterday": 1,
    "eergisteren": 2,
    "day before yesterday": 2,
}
_NUMERIC = re.compile(r"\b(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})\b")
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")


@cache
def _months() -> dict[str, int]:
    found: dict[str, int] = {}
    for language in LANGUAGES:
        for width in ("wide", "abbreviated"):
            for number, name in get_month_names(width, locale=language).items():
                found[normalise(name).rstrip(".")] = number
    return found


@cache
def _worded() -> re.Pattern[str]:
    names = "|".join(sorted(_months(), key=len, reverse=True))
    return re.compile(
        rf"\b(?:(?P<day>\d{{1,2}})(?:e|de|ste|st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{names})\b\.?"
        rf"|(?P<month_first>{names})\b\.?\s+(?P<day_after>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:))"
        rf",?(?:\s+(?P<year>\d{{4}}))?"
    )


def mentioned_date(normalised: str, today: date) -> date | None:
    """Return the one day that a normalised text mentions, or None.

    Without a year it is the last such day that is not after today.
    """
    if match := _ISO.search(normalised):
        return _date(int(match[1]), int(match[2]), int(match[3]))
    if match := _NUMERIC.search(normalised):
        return _date(int(match[3]), int(match[2]), int(match[1]))
    if match := _worded().search(normalised):
        day = int(match["day"] or match["day_after"])
        month = _months()[match["month"] or match["month_first"]]
        if match["year"]:
            return _date(int(match["year"]), month, day)
        return _date(today.year, month, day, latest=today) or _date(today.year - 1, month, day)
    for word, days in sorted(_RELATIVE.items(), key=lambda pair: -len(pair[0])):
        if re.search(rf"\b{word}\b", normalised):
            return today - timedelta(days=days)
    return None


def _date(year: int, month: int, day: int, latest: date | None = None) -> date | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return None if latest is not None and found > latest else found
