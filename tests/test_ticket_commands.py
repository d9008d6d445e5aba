"""The desk from the command line, over a file that a test names."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.commands import main


class Terminal:
    """A terminal with one database."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def run(self, *arguments: str, typed: str = "") -> Result:
        command = ["tickets", *arguments, "--database", str(self.path)]
        return CliRunner().invoke(main, command, input=typed)

    def json(self, *arguments: str, typed: str = "") -> Any:
        result = self.run(*arguments, "--json", typed=typed)
        assert result.exit_code == 0, result.output
        return json.loads(result.output)

    def open(self, **options: str) -> str:
        options = {"type": "access", "channel": "letter", "received": "2026-01-31"} | options
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        return str(self.json("open", *arguments, typed="Piet Jansen\n")["reference"])


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    monkeypatch.setenv("PRIVACY_DESK_DATABASE", str(tmp_path / "other.sqlite"))
    return Terminal(tmp_path / "desk.sqlite")


def test_a_letter_gets_the_dates_of_the_day_it_came(terminal: Terminal) -> None:
    ticket = terminal.json("show", terminal.open())

    assert ticket["due_at"] == "2026-03-02"
    assert ticket["internal_target"] == "2026-02-27"
    assert ticket["state"] == "received"
    assert [event["action"] for event in ticket["events"]] == ["open"]
    assert "Piet" not in json.dumps(ticket)


def test_the_list_shows_open_tickets_only(terminal: Terminal) -> None:
    first, second = terminal.open(), terminal.open(received="2026-02-10")
    terminal.run("close", first, "--outcome", "no_data")

    assert [ticket["reference"] for ticket in terminal.json("list")] == [second]
    assert second in terminal.run("list").output


def test_an_action_goes_through_the_desk(terminal: Terminal) -> None:
    reference = terminal.open()

    refused = terminal.run("close", reference, "--outcome", "granted")
    assert refused.exit_code == 1
    assert "--identity-method" in refused.output
    assert terminal.json("claim", reference)["state"] == "in_progress"
    closed = terminal.json("close", reference, "--outcome", "refused", "--reason", "al gewist")
    assert (closed["state"], closed["outcome"]) == ("closed", "refused")


def test_the_chain_is_verified_and_a_touched_event_is_found(terminal: Terminal) -> None:
    terminal.open()
    assert terminal.run("verify").exit_code == 0
    with sqlite3.connect(terminal.path) as connection:
        connection.execute("UPDATE events SET payload = '{}'")

    broken = terminal.run("verify")

    assert broken.exit_code == 1
    assert "broken at event 1" in broken.output


def test_a_backup_can_be_put_back(terminal: Terminal, tmp_path: Path) -> None:
    kept = terminal.open()
    copy = tmp_path / "copy.sqlite"
    assert terminal.run("backup", str(copy)).exit_code == 0
    assert copy.stat().st_mode & 0o777 == 0o600
    lost = terminal.open()

    restored = terminal.run("restore", str(copy))

    assert restored.exit_code == 0, restored.output
    assert [ticket["reference"] for ticket in terminal.json("list")] == [kept]
    assert terminal.run("verify").exit_code == 0
    (former,) = (each for each in tmp_path.glob("*.before-*") if each.name[-1].isdigit())
    with sqlite3.connect(former) as connection:
        references = {row[0] for row in connection.execute("SELECT reference FROM tickets")}
    assert references == {kept, lost}


def test_a_backup_that_was_touched_is_not_put_back(terminal: Terminal, tmp_path: Path) -> None:
    kept = terminal.open()
    copy = tmp_path / "copy.sqlite"
    terminal.run("backup", str(copy))
    with sqlite3.connect(copy) as connection:
        connection.execute("UPDATE events SET actor = '{}'")

    refused = terminal.run("restore", str(copy))

    assert refused.exit_code == 1
    assert [ticket["reference"] for ticket in terminal.json("list")] == [kept]


def test_the_register_holds_the_rate_and_no_person_and_no_test(terminal: Terminal) -> None:
    closed = terminal.open(received="2026-01-31")
    terminal.run("close", closed, "--outcome", "no_data")
    test = terminal.json(
        "open", "--type", "access", "--channel", "letter", "--test", typed="Proef\n"
    )["reference"]
    terminal.run("close", test, "--outcome", "no_data")
    month = terminal.json("show", closed)["events"][-1]["at"][:7]

    register = terminal.json("report", "--month", month)

    assert register["closed"] == 1
    assert register["on_time_rate"] == 0.0
    assert "Piet" not in json.dumps(register)
    lines = terminal.run("report", "--month", month, "--csv").output.splitlines()
    assert lines[0].startswith("month,kind,type,channel,result")
    assert len(lines) == 2


def test_a_purge_leaves_the_register_line(terminal: Terminal) -> None:
    reference = terminal.open()
    terminal.run("close", reference, "--outcome", "no_data")
    month = terminal.json("show", reference)["events"][-1]["at"][:7]

    assert terminal.run("purge", reference).exit_code == 0

    assert terminal.run("show", reference).exit_code == 1
    assert terminal.json("report", "--month", month)["closed"] == 1
    assert "purged" in terminal.run("verify").output


def test_everything_about_a_ticket_and_a_person_can_be_exported(
    terminal: Terminal, tmp_path: Path
) -> None:
    lines = ["ik wil mijn gegevens inzien", "Anna de Wit", "ja"]
    asked = "".join(
        json.dumps({"id": str(n), "text": text, "conversation": "c", "user": "anna"}) + "\n"
        for n, text in enumerate(lines)
    )
    answered = CliRunner().invoke(
        main, ["ask", "--jsonl", "--database", str(terminal.path)], input=asked
    )
    reference = json.loads(answered.output.splitlines()[-1])["ticket"]

    whole = terminal.run("export", reference).output
    person = terminal.json(
        "export-person", "--channel", "batch", "--tenant", "local", "--user", "anna"
    )

    assert "Anna de Wit" in whole
    assert person["tickets"][0]["ticket"]["name"] == "Anna de Wit"


def test_the_doctor_finds_this_installation_sound(
    terminal: Terminal, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRIVACY_DESK_CHAIN_KEY_FILE", str(tmp_path / "chain.key"))
    well = CliRunner().invoke(main, ["doctor"])
    (tmp_path / "chain.key").chmod(0o644)

    unwell = CliRunner().invoke(main, ["doctor"])

    assert well.exit_code == 0, well.output
    assert unwell.exit_code == 1
    assert "readable by others" in unwell.output


def test_a_database_that_cannot_be_opened_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    path = tmp_path / "file" / "desk.sqlite"

    result = CliRunner().invoke(main, ["tickets", "list", "--database", str(path)])

    assert result.exit_code == 1
    assert "cannot be used" in result.output
