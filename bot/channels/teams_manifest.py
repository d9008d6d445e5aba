"""The manifest of the Teams app, made from what the code needs, and the package to install.

The schema is one that knows prompts; those before 1.27 do not.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

from bot import __version__
from bot.channels.teams_icons import ACCENT, color_icon, outline_icon
from bot.errors import SettingsError

SCHEMA = "1.28"
MESSAGE_ACTION = "privacy_request"
NO_APP = "00000000-0000-0000-0000-000000000000"
NO_WEBSITE = "https://your-address.example/"
SCOPES = ("personal", "team", "groupChat")
# Each permission with what it is for; nothing else is asked, and no consent for a resource.
PERMISSIONS = {
    "identity": "know whose request it is and who is staff, by an id and never by a name",
    "messageTeamMembers": "write in private to somebody whose request was made in a team",
}
_NAME = "Privacy desk"
_GUID = re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_HTTPS = re.compile(r"https://[^\s/]+\.[^\s/]+(/\S*)?")
_BASE = "https://developer.microsoft.com/json-schemas/teams"
_MOMENT = (2020, 1, 1, 0, 0, 0)  # the same files make the same package
_TEXTS = {
    "en": {
        "short": "Answers privacy questions and takes data-subject requests",
        "full": (
            "Ask which data are kept, for how long, on which legal basis and with whom they are"
            " shared; every answer names its place in the privacy statement. Want to see, correct"
            " or erase your data? The desk takes your request and tells you by when you will have"
            " an answer. In channels it says nothing personal."
        ),
        "action": "Privacy request",
        "action_description": "For the privacy team: record this message as a request",
    },
    "nl": {
        "short": "Beantwoordt privacyvragen en neemt verzoeken over gegevens aan",
        "full": (
            "Vraag welke gegevens worden bewaard, hoe lang, op welke grondslag en met wie ze"
            " worden gedeeld; elk antwoord noemt de plaats in de privacyverklaring. Wilt u uw"
            " gegevens inzien, laten verbeteren of laten wissen? De balie neemt uw verzoek aan en"
            " zegt wanneer u uiterlijk antwoord krijgt. In kanalen zegt zij niets persoonlijks."
        ),
        "action": "Privacyverzoek",
        "action_description": "Voor het privacyteam: leg dit bericht vast als verzoek",
    },
}
# What to ask first, with what comes of it.
PROMPTS = {
    "en": (
        ("How long are helpdesk calls kept?", "The time, with its place in the privacy statement"),
        ("Who do you share my data with?", "Who receives which data"),
        ("I want to see my data", "A request, with the day by which you have an answer"),
        ("How are my requests going?", "Your own requests and their dates"),
    ),
    "nl": (
        ("Hoe lang bewaart u een belopname?", "De termijn, met de plaats in de verklaring"),
        ("Met wie deelt u mijn gegevens?", "Wie welke gegevens ontvangt"),
        ("Ik wil mijn gegevens inzien", "Een verzoek, met de dag van het antwoord"),
        ("Hoe staat het met mijn verzoeken?", "Uw eigen verzoeken en hun data"),
    ),
}

Json = dict[str, Any]


def manifest(app_id: str = NO_APP, website: str = NO_WEBSITE) -> Json:
    """Return the manifest for an app; raises SettingsError for an id or address that is none."""
    if not _GUID.fullmatch(app_id):
        raise SettingsError("PRIVACY_DESK_TEAMS_APP_ID: needs the id of the app, a GUID")
    if not _HTTPS.fullmatch(website):
        raise SettingsError("PRIVACY_DESK_TEAMS_WEBSITE: needs an address with https")
    texts = _TEXTS["en"]
    return {
        "$schema": f"{_BASE}/v{SCHEMA}/MicrosoftTeams.schema.json",
        "manifestVersion": SCHEMA,
        "version": __version__,
        "id": app_id,
        "developer": {
            "name": _NAME,
            "websiteUrl": website,
            "privacyUrl": website,
            "termsOfUseUrl": website,
        },
        "localizationInfo": {
            "defaultLanguageTag": "en",
            "additionalLanguages": [{"languageTag": "nl", "file": "nl.json"}],
        },
        "name": {"short": _NAME},
        "description": {"short": texts["short"], "full": texts["full"]},
        "icons": {"color": "color.png", "outline": "outline.png"},
        "accentColor": ACCENT,
        "bots": [
            {
                "botId": app_id,
                "scopes": list(SCOPES),
                "supportsFiles": False,
                "isNotificationOnly": False,
                "commandLists": [{"scopes": list(SCOPES), "commands": _prompts()}],
            }
        ],
        "composeExtensions": [
            {
                "botId": app_id,
                "commands": [
                    {
                        "id": MESSAGE_ACTION,
                        "type": "action",
                        "context": ["message"],
                        "title": texts["action"],
                        "description": texts["action_description"],
                        "fetchTask": True,
                    }
                ],
            }
        ],
        "permissions": list(PERMISSIONS),
        "validDomains": [],
        "defaultInstallScope": "personal",
        "defaultGroupCapability": {"team": "bot", "groupchat": "bot"},
    }


def dutch() -> Json:
    """Return the texts of the manifest in Dutch."""
    texts = _TEXTS["nl"]
    made = {
        "$schema": f"{_BASE}/v{SCHEMA}/MicrosoftTeams.Localization.schema.json",
        "name.short": "Privacybalie",
        "description.short": texts["short"],
        "description.full": texts["full"],
        "composeExtensions[0].commands[0].title": texts["action"],
        "composeExtensions[0].commands[0].description": texts["action_description"],
    }
    for number, (question, description) in enumerate(PROMPTS["nl"]):
        command = f"bots[0].commandLists[0].commands[{number}]"
        made |= {
            f"{command}.title": question,
            f"{command}.description": description,
            f"{command}.prompt": question,
        }
    return made


def files(app_id: str = NO_APP, website: str = NO_WEBSITE) -> dict[str, bytes]:
    """Return the files of the package by their names; raises SettingsError as `manifest` does."""
    return {
        "manifest.json": _written(manifest(app_id, website)),
        "nl.json": _written(dutch()),
        "color.png": color_icon(),
        "outline.png": outline_icon(),
    }


def package(app_id: str, website: str = NO_WEBSITE) -> bytes:
    """Return the package that is uploaded to Teams, a zip; raises SettingsError."""
    if app_id == NO_APP:
        raise SettingsError("PRIVACY_DESK_TEAMS_APP_ID: needed to make the package")
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files(app_id, website).items():
            archive.writestr(zipfile.ZipInfo(name, _MOMENT), content)
    return made.getvalue()


def _prompts() -> list[Json]:
    return [
        {"title": question, "description": description, "type": "prompt", "prompt": question}
        for question, description in PROMPTS["en"]
    ]


def _written(content: Json) -> bytes:
    return (json.dumps(content, indent=2, ensure_ascii=False) + "\n").encode()
