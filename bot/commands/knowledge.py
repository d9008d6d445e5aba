"""`knowledge`: look at the statement, or list its defects."""

from __future__ import annotations

import click

from bot.app import EXAMPLES, build_assistant
from bot.checks import knowledge_defects
from bot.errors import DeskError, StatementError
from bot.messages import LANGUAGES
from intents import load_intents
from knowledge import load_law, load_statement


@click.group()
def knowledge() -> None:
    """Check the statement, or show one of its facts."""


@knowledge.command()
def check() -> None:
    """List every defect of the knowledge files and the words at once; exit 1 when there are any."""
    try:
        law, intents = load_law(), load_intents()
        defects = knowledge_defects(
            load_statement(law=law),
            law,
            intents.templates,
            frozenset(intents.by_goal),
            EXAMPLES,
        )
    except StatementError as error:
        defects = error.defects
    except DeskError as error:
        defects = [str(error)]
    for defect in defects:
        click.echo(defect)
    if defects:
        raise SystemExit(1)
    click.echo("no defects")


@knowledge.command()
@click.argument("fact", required=False)
def show(fact: str | None) -> None:
    """Show what the desk says for a FACT, or list all facts."""
    if fact is None:
        for name in sorted(load_statement().fact_ids()):
            click.echo(name)
        return
    assistant = build_assistant()
    if fact not in assistant.replies.statement.fact_ids():
        raise click.ClickException(f"not a fact of the statement: {fact}")
    for language in LANGUAGES:
        click.echo(assistant.state_fact(fact, language))
        click.echo()
