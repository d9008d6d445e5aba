"""`words`: fit the second opinion on the examples, and see whether it is up to date."""

from __future__ import annotations

import json
from pathlib import Path

import click

from bot.app import EXAMPLES, INTENTS, OPINION, build_lexicon
from intents import load_intents
from knowledge import load_statement


@click.group()
def words() -> None:
    """Work on the words and examples of the intents."""


def inputs_of_fit() -> list[Path]:
    """Return the files that a fit depends on."""
    statement = INTENTS.parent / "knowledge" / "statement.yaml"
    return [*INTENTS.glob("*.yaml"), *EXAMPLES.glob("*.yaml"), statement]


@words.command()
def fit() -> None:
    """Fit the second opinion on intents/examples and write intents/opinion.json."""
    from bot.understanding import fitting  # noqa: PLC0415 - needs the development packages

    examples = fitting.read_examples(EXAMPLES)
    common, odds = fitting.count_words(examples)
    statement = load_statement()
    intents = load_intents()
    lexicon = build_lexicon(statement, intents, common, odds)
    activities = frozenset(activity.id for activity in statement.activities)
    fitted = fitting.fit(examples, lexicon, activities, frozenset(intents.by_goal))
    digest = fitting.digest(inputs_of_fit())
    fitting.write(OPINION, {**fitted, "words": common, "language_odds": odds, "fitted_on": digest})
    click.echo(f"{len(examples)} examples, {OPINION.stat().st_size // 1024} kB, {digest}")


@words.command()
def check() -> None:
    """Tell whether the fit is as old as the words; exit 1 when it is."""
    from bot.understanding import fitting  # noqa: PLC0415 - reads no model, only digests

    fitted = json.loads(OPINION.read_text(encoding="utf-8"))["fitted_on"]
    if fitted != fitting.digest(inputs_of_fit()):
        raise click.ClickException("the words have changed since the last fit: run `words fit`")
    click.echo("up to date")
