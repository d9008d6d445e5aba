"""The Teams app as it is installed: a valid manifest in two languages, and two icons."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from click.testing import CliRunner

from bot.assistant import Assistant
from bot.channels.teams_icons import color_icon, outline_icon
from bot.channels.teams_manifest import (
    MESSAGE_ACTION,
    NO_APP,
    PERMISSIONS,
    PROMPTS,
    SCHEMA,
    dutch,
    files,
    manifest,
    package,
)
from bot.commands import main
from bot.errors import SettingsError
from bot.messages import Kind
from tests.channels.teams_judges import manifest_schema
from tests.conftest import message

ROOT = Path(__file__).parents[2]
APP = "11111111-2222-3333-4444-555555555555"


def pixels(picture: bytes) -> tuple[int, int, bytes]:
    """Return width, height and the rows of a PNG, each with its leading filter byte."""
    width, height = struct.unpack(">II", picture[16:24])
    start = picture.index(b"IDAT")
    (length,) = struct.unpack(">I", picture[start - 4 : start])
    return width, height, zlib.decompress(picture[start + 4 : start + 4 + length])


def test_the_manifest_and_its_dutch_texts_are_valid() -> None:
    assert [e.message for e in manifest_schema(f"v{SCHEMA}").iter_errors(manifest(APP))] == []
    texts = manifest_schema(f"v{SCHEMA}", "Localization.")
    assert [e.message for e in texts.iter_errors(dutch())] == []


@pytest.mark.parametrize("name", ["manifest.json", "nl.json"])
def test_the_files_in_teams_are_what_the_code_needs(name: str) -> None:
    assert (ROOT / "teams" / name).read_bytes() == files()[name]


@pytest.mark.parametrize("name", ["color.png", "outline.png"])
def test_the_icons_in_teams_are_as_they_are_drawn(name: str) -> None:
    written = (ROOT / "teams" / name).read_bytes()

    assert pixels(written) == pixels(files()[name])


def test_the_icons_have_the_sizes_and_colours_that_teams_asks_for() -> None:
    width, height, rows = pixels(outline_icon())
    points = [rows[1 + 4 * n + n // 32 : 5 + 4 * n + n // 32] for n in range(width * height)]

    assert pixels(color_icon())[:2] == (192, 192)
    assert (width, height) == (32, 32)
    assert {point[:3] for point in points} == {b"\xff\xff\xff"}
    assert {0, 255} <= {point[3] for point in points}


def test_the_app_asks_for_little_and_says_why() -> None:
    asked = manifest(APP)
    explained = (ROOT / "docs" / "teams.md").read_text(encoding="utf-8")

    assert asked["permissions"] == list(PERMISSIONS)
    assert asked["validDomains"] == []
    assert "authorization" not in asked
    assert "webApplicationInfo" not in asked
    assert all(f"`{name}`" in explained for name in PERMISSIONS)


def test_every_suggested_prompt_is_understood(assistant: Assistant) -> None:
    for language in ("en", "nl"):
        for number, (question, _) in enumerate(PROMPTS[language]):
            person = f"prompt {language} {number}"
            reply = assistant.answer(message(question, conversation=person, user=person))

            assert reply.kind in {Kind.ANSWER, Kind.REQUEST, Kind.STATUS}, question
            assert reply.language == language


def test_the_message_action_opens_a_form_on_a_message() -> None:
    (extension,) = manifest(APP)["composeExtensions"]
    (command,) = extension["commands"]

    assert command["id"] == MESSAGE_ACTION == "privacy_request"
    assert (command["type"], command["context"], command["fetchTask"]) == (
        "action",
        ["message"],
        True,
    )


def test_the_package_holds_the_app_of_the_environment(tmp_path: Path) -> None:
    target = tmp_path / "new" / "desk.zip"
    environment = {"PRIVACY_DESK_TEAMS_APP_ID": APP, "TEAMS_APP_ID": ""}
    arguments = ["manifest", "teams", "--package", str(target)]
    done = CliRunner().invoke(main, arguments, env=environment)

    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(target) as archive:
        assert archive.namelist() == ["manifest.json", "nl.json", "color.png", "outline.png"]
        packed = json.loads(archive.read("manifest.json"))
    assert packed["id"] == packed["bots"][0]["botId"] == APP
    assert packed["composeExtensions"][0]["botId"] == APP


@pytest.mark.parametrize("app_id", ["", "privacy-desk", NO_APP])
def test_no_package_is_made_without_the_id_of_an_app(app_id: str) -> None:
    with pytest.raises(SettingsError, match="PRIVACY_DESK_TEAMS_APP_ID"):
        package(app_id)


def test_a_website_must_have_https() -> None:
    with pytest.raises(SettingsError, match="PRIVACY_DESK_TEAMS_WEBSITE"):
        manifest(APP, "http://desk.example/")


def test_the_same_app_makes_the_same_package() -> None:
    assert package(APP) == package(APP)
    assert zipfile.ZipFile(io.BytesIO(package(APP))).testzip() is None


def test_the_command_prints_the_manifest_as_it_is_kept() -> None:
    environment = {"PRIVACY_DESK_TEAMS_APP_ID": "", "TEAMS_APP_ID": ""}
    printed = CliRunner().invoke(main, ["manifest", "teams"], env=environment)

    assert printed.output == (ROOT / "teams" / "manifest.json").read_text(encoding="utf-8")
