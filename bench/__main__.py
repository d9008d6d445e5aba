"""Measures time, growth and accuracy in one run: `python -m bench [--sets FILE.jsonl ...]`."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path

from bench import desk, growth, timing
from bench.comparing import Sets, compare, sample_of, seen_before
from bench.judging import read_items
from bench.report import Figures, draw, markdown
from bot.app import EXAMPLES, OPINION
from bot.commands.words import inputs_of_fit
from bot.understanding import fitting, weights

_ROUNDS = timing.ROOT / "tests" / "rounds"
_REPORT = timing.ROOT / "docs" / "bench.md"
_PICTURE = timing.ROOT / "docs" / "pictures" / "bench.svg"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--sets", nargs="+", type=Path, default=[], help="more questions, beside tests/rounds"
    )
    arguments = parser.parse_args()
    rounds = sorted(_ROUNDS.glob("round*.jsonl"))
    texts = [item.text for path in rounds for item in read_items(path)]
    sets = sample_of({path.stem: read_items(path) for path in (*rounds, *arguments.sets)})
    figures = _measure(texts, sets)
    report = markdown(figures, _machine())
    _REPORT.write_text(report, encoding="utf-8")
    _PICTURE.parent.mkdir(parents=True, exist_ok=True)
    draw(figures, _PICTURE)
    print(report)


def _measure(texts: list[str], sets: Sets) -> Figures:
    """Return every figure; what is under way goes to standard error."""
    _tell("one question")
    reading = timing.measure(desk.reading, texts)
    core = timing.measure(desk.whole_core, texts)
    cold_start, resident = timing.cold_start(), timing.resident_memory()
    _tell("growth of the statement")
    statement = growth.by_statement(texts)
    _tell("growth of the words")
    forms = growth.by_forms(texts)
    _tell("side by side")
    return Figures(
        asked={name: len(items) for name, items in sets.items()},
        examples=len(fitting.read_examples(EXAMPLES)),
        seen_before=seen_before(sets),
        up_to_date=_up_to_date(),
        questions=len(texts),
        reading=reading,
        core=core,
        cold_start=cold_start,
        resident=resident,
        statement=statement,
        forms=forms,
        scores=compare(sets),
    )


def _up_to_date() -> bool:
    return weights.fitted_on(OPINION) == fitting.digest(inputs_of_fit())


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"


def _tell(what: str) -> None:
    print(f"measuring: {what}", file=sys.stderr)


if __name__ == "__main__":
    main()
