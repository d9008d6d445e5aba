"""The command line as a person and a program use it."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from bot.commands import main


def run(*words: str, sent: str = "") -> str:
    result = CliRunner().invoke(main, list(words), input=sent)
    assert result.exit_code == 0, result.output
    return result.output


def stream(*lines: str) -> list[dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "bot", "ask", "--jsonl"],
        input="\n".join(lines) + "\n",
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_one_question_is_answered_in_words() -> None:
    assert "90 dagen" in run("ask", "hoe lang bewaren jullie mijn telefoontje met de helpdesk?")


def test_json_holds_the_whole_batch_contract() -> None:
    reply = json.loads(run("ask", "--json", "how long do you keep cookies?"))

    assert set(reply) == {
        "id", "kind", "intent", "request_type", "lang", "facts", "text", "ticket", "score", "ms",
    }  # fmt: skip
    assert reply["kind"] == "answer"
    assert reply["facts"] == ["visit_stats.retention"]


def test_explain_shows_the_path_and_hides_sensitive_numbers() -> None:
    shown = run("ask", "--explain", "hoelang bewaren jullle coookies? bsn 123456782")

    assert "jullle→jullie" in shown
    assert "retention" in shown
    assert "123456782" not in shown


def test_a_stream_is_answered_in_order_and_survives_bad_lines() -> None:
    replies = stream(
        '{"id": "a", "text": "hoe lang bewaren jullie cookies?", "conversation": "c"}',
        "not json",
        '{"id": "b"}',
        '{"id": "c", "text": 5}',
        "[" * 5_000,
        '{"id": "d", "text": "\\ud800 hallo"}',
        '{"id": "e", "text": "en wie is daar verantwoordelijk voor?", "conversation": "c"}',
    )

    assert [reply["kind"] for reply in replies] == [
        "answer", "error", "error", "error", "error", "smalltalk", "answer",
    ]  # fmt: skip
    assert replies[-1]["facts"] == ["visit_stats.controller"]


def test_a_fact_is_shown_in_both_languages() -> None:
    shown = run("knowledge", "show", "call_recordings.retention")

    assert "90 dagen" in shown
    assert "90 days" in shown


def test_the_knowledge_has_no_defects() -> None:
    assert "no defects" in run("knowledge", "check")


def test_an_unknown_fact_is_a_clear_error() -> None:
    result = CliRunner().invoke(main, ["knowledge", "show", "cctv.retention"])

    assert result.exit_code == 1
    assert "not a fact" in result.output


def test_a_conversation_in_a_plain_terminal() -> None:
    shown = run("chat", sent="hoe lang bewaren jullie cookies?\ncookies\n1\n\n")

    assert "één jaar" in shown
    assert "Bron: privacyverklaring" in shown


@pytest.mark.parametrize("value", ["0", "http", "70000"])
def test_a_wrong_setting_is_named(value: str) -> None:
    result = CliRunner().invoke(main, ["serve"], env={"PRIVACY_DESK_LOCAL_PORT": value})

    assert result.exit_code == 1
    assert "PRIVACY_DESK_LOCAL_PORT" in result.output
