"""What is asked, said and filled in where Slack's messages are made to be looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bot.messages import Language

SAM, OLGA, ANNA = "U0SAM23456", "U0OLGA2345", "U0ANNA2345"
NAMES = {SAM: "Sam de Vries", OLGA: "Olga Bakker", ANNA: "Anna de Wit"}
LONG = "welke gegevens hebben jullie van bellers?"
QUESTIONS: Mapping[Language, Sequence[str]] = {
    "nl": (
        LONG,
        "hoe lang bewaren jullie gespreksopnames?",
        "waarom nemen jullie gesprekken op?",
        "op welke grondslag verwerken jullie verkeersgegevens?",
        "wie is verantwoordelijk voor sleutelhouders?",
        "met wie delen jullie mijn gegevens?",
        "welke rechten heb ik?",
        "hoe kan ik een verzoek doen?",
        "wat is het telefoonnummer van het privacyteam?",
        "wanneer is de verklaring veranderd?",
        "wie zijn jullie?",
        "wat kun je?",
        "wat gebeurt er met wat ik hier typ?",
        "ik wil een mens spreken",
        "hallo",
        "ik belde op 3 november, hoe lang bewaren jullie die opname nog?",
        "mijn bsn is 111222333, wis mijn gegevens",
    ),
    "en": (
        "which data do you have of callers?",
        "how long do you keep recordings?",
        "why do you record calls?",
        "on which legal basis do you process traffic data?",
        "who is responsible for key holders?",
        "who gets my data?",
        "which rights do I have?",
        "how can I make a request?",
        "what is your phone number?",
        "what can you do?",
        "I want to speak to a person",
        "I called on 3 November, how long do you keep that recording?",
    ),
}
CHOICES: Mapping[Language, Sequence[str]] = {
    "nl": ("sleutelhouders", "hoe lang?"),
    "en": ("key holders", "how long?"),
}
REFUSALS: Mapping[Language, Sequence[str]] = {
    "nl": ("flubberdebubber", "waar staan jullie servers?", "wat kost een abonnement?"),
    "en": ("flubberdebubber", "where are your servers?", "what does a subscription cost?"),
}
CONVERSATIONS: Mapping[Language, Sequence[str]] = {
    "nl": (
        "gooi alles van mij weg",
        "ja",
        "hoe staat het met mijn verzoek?",
        "mijn naam is fout, pas dat aan",
        "Het is Jan, niet Jon",
        "ja",
        "trek mijn verzoek in",
        "ik maak bezwaar tegen de opnames",
        "annuleer",
        "er is een mail met klantgegevens naar de verkeerde gestuurd",
    ),
    "en": ("I want to see my data", "yes", "how is my request going?"),
}
NOTICES: Mapping[str, tuple[str, ...]] = {
    "ask_identification": ("text",),
    "ask_clarification": ("text",),
    "sent": ("text",),
    "identity_confirmed": (),
    "type_corrected": (),
    "received_corrected": (),
    "extended": ("reason",),
    "forwarding": ("to",),
    "reopened": ("reason",),
    "unconfirmed": (),
    "taken_over": (),
    "closed_granted": ("handed_over",),
    "closed_partly_granted": ("reason", "handed_over"),
    "closed_refused": ("reason",),
    "closed_withdrawn": (),
    "closed_forwarded": (),
    "closed_no_data": (),
    "closed_contact": (),
    "closed_incident": (),
}
STAFF_NOTICES = (
    *("new", "changed", "added", "withdrawn", "released", "assigned", "escalated"),
    *("escalated_to_controller", "undeliverable", "extension_void", "due_tomorrow"),
)
VALUES = {
    "text": "Om welke periode gaat het?\nAlvast dank.",
    "reason": "Het zijn veel systemen.",
    "to": "Woningstichting De Haven",
    "handed_over": "secure_link",
}
CLOSING = {"outcome": "granted", "identity_method": "call_back", "recipients": "processors"}
HANDED = {"handed_over": "secure_link", "handed_over_on": "2026-11-24"}
FORMS = (
    *("note", "send", "ask_clarification", "ask_identification", "escalate", "extend", "forward"),
    *("close", "correct_type", "confirm_identity", "assign", "correct_received", "hold"),
)
