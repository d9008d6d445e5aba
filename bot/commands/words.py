"""`words`: fit the second opinion on the examples, and see whether it is up to date."""

from __future__ import annotations

from functools import partial
from typing import Any

import click

from bot.app import EXAMPLES, OPINION, build_lexicon
from bot.understanding import weights
from intents import load_intents
from knowledge import load_statement


@click.group()
def words() -> None:
    """Work on the words and examples of the intents."""


def inputs_of_fit() -> dict[str, Any]:
    """Return what a fit depends on: the words and the examples, and none of the replies."""
    statement, intents = load_statement(), load_intents()
    return {
        "aliases": {a.id: [a.aliases.nl, a.aliases.en] for a in statement.activities},
        "words": intents.words,
        "goals": sorted(intents.by_goal),
        "examples": {path.name: path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*")},
    }


@words.command()
def fit() -> None:
    """Fit the second opinion on intents/examples and write intents/opinion.npz."""
    from bot.understanding import fitting  # noqa: PLC0415 - needs the development packages

    examples = fitting.read_examples(EXAMPLES)
    statement = load_statement()
    intents = load_intents()
    fit_all = fitting.Fit(
        partial(build_lexicon, statement, intents),
        frozenset(activity.id for activity in statement.activities),
        frozenset(intents.by_goal),
    )
    digest = fitting.digest(inputs_of_fit())
    weights.write(OPINION, fit_all.everything(examples, digest))
    click.echo(f"{len(examples)} examples, {OPINION.stat().st_size // 1024} kB, {digest}")


@words.command()
def check() -> None:
    """Tell whether the fit is as old as the words; exit 1 when it is."""
    from bot.understanding import fitting  # noqa: PLC0415 - reads no model, only digests

    if weights.fitted_on(OPINION) != fitting.digest(inputs_of_fit()):
        raise click.ClickException("the words have changed since the last fit: run `words fit`")
    click.echo("up to date")
