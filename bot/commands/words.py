"""`words`: fit the second opinion on the examples, and see whether it is up to date."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from bot.app import EXAMPLES, INTENTS, OPINION, build_lexicon
from bot.understanding import weights
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
