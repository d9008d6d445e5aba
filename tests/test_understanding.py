"""Words are repaired, split and spotted; unknown ones are left alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.assistant import Assistant
from bot.messages import Language
from bot.text import tokens
from bot.understanding import weights
from bot.understanding.familiar import Familiar
from bot.understanding.lexicon import Lexicon
from bot.understanding.network import Network
from bot.understanding.opinion import Opinion
from bot.understanding.reading import Reader
from bot.understanding.spotting import Spot, read_words, spot
from bot.understanding.weights import HEADS, NETWORKS, Fitted, Head


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon(
        {
            "recording": {"nl": ["gespreksopname", "opname van mijn gesprek"], "en": ["recording"]},
            "retention": {"nl": ["bewaartermijn"], "en": ["retention period"]},
            "leak": {"nl": ["gelekt"], "en": ["leaked"]},
        },
        common_words=["gelukt", "hoe", "lang", "de"],
        optional_words=["de", "het", "mijn"],
        unrepairable=["leak"],
    )


def spots(lexicon: Lexicon, text: str, language: Language = "nl") -> list[Spot]:
    return list(spot(read_words(tokens(text), lexicon, language), lexicon, language))


def concepts(lexicon: Lexicon, text: str, language: Language = "nl") -> list[str]:
    return [found.concept for found in spots(lexicon, text, language)]


def test_a_form_is_spotted_in_another_inflection(lexicon: Lexicon) -> None:
    assert concepts(lexicon, "de gespreksopnames") == ["recording"]


def test_a_misspelt_word_is_repaired(lexicon: Lexicon) -> None:
    assert concepts(lexicon, "bewaartermjn") == ["retention"]
    assert spots(lexicon, "bewaartermjn")[0].confidence < 1


def test_a_word_written_apart_is_joined(lexicon: Lexicon) -> None:
    assert concepts(lexicon, "bewaar termijn") == ["retention"]


def test_a_compound_is_read_by_its_parts(lexicon: Lexicon) -> None:
    assert set(concepts(lexicon, "gespreksopnamebewaartermijn")) == {"retention"} | {"recording"}


def test_another_determiner_inside_a_form_does_not_matter(lexicon: Lexicon) -> None:
    assert "recording" in concepts(lexicon, "opname van het gesprek")


def test_a_known_common_word_is_never_repaired(lexicon: Lexicon) -> None:
    assert lexicon.knows("gelukt")
    assert concepts(lexicon, "gelukt") == []


def test_no_word_is_repaired_into_a_silence(lexicon: Lexicon) -> None:
    assert lexicon.repair("gelekd", "nl") != "gelekt"


@pytest.mark.parametrize("word", ["ab", "123456", "xyz123"])
def test_short_words_and_numbers_are_left_alone(lexicon: Lexicon, word: str) -> None:
    assert lexicon.repair(word, "nl") is None


@pytest.fixture
def reader(assistant: Assistant) -> Reader:
    return assistant.reader


@pytest.mark.parametrize("activity", ["call_recordings", "visit_stats", "keyholders"])
def test_every_alias_names_its_own_activity(
    assistant: Assistant, reader: Reader, activity: str
) -> None:
    aliases = assistant.replies.statement.activity(activity).aliases
    for language in ("nl", "en"):
        for alias in aliases.in_language(language):
            assert activity in reader.read(alias, language).concepts, alias


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("hoe lang bewaren jullie cookies", "nl"),
        ("how long do you keep cookies", "en"),
        ("what's the bewaartermijn for cookies?", "en"),
        ("mag ik ff een export van mijn personal data", "nl"),
    ],
)
def test_the_language_is_the_one_most_words_are_in(
    reader: Reader, text: str, language: Language
) -> None:
    assert reader.read(text).language == language


def test_a_name_does_not_decide_the_language(reader: Reader) -> None:
    assert reader.read("Smyth", "en").language == "en"


@pytest.mark.parametrize("edit", ["bewaartermin", "bewaartemrijn", "bewaartermijjn"])
def test_one_slip_of_the_finger_is_understood(reader: Reader, edit: str) -> None:
    assert reader.read(f"{edit} cookies").best_goals()[0][0] == "retention"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("contact form + contact person: who is responsible?", {"contact_form", "contact_person"}),
        ("cookies en sleutelhouders: hoe lang?", {"visit_stats", "keyholders"}),
        ("cookies of the contact form", set()),
        ("wie zijn de sleutelhouders", set()),
    ],
)
def test_rows_in_one_breath_are_joined(reader: Reader, text: str, rows: set[str]) -> None:
    assert reader.read(text).joined == rows


def test_a_detail_speaks_against_an_answer(reader: Reader) -> None:
    asked = reader.read("hoe lang bewaren jullie de gegevens van sleutelhouders?")
    detail = reader.read("in welk bestandsformaat bewaren jullie de gegevens van sleutelhouders?")
    assert asked.stated > detail.stated


def test_weights_read_back_as_they_were_written(tmp_path: Path) -> None:
    table = np.array([[1.5, 0.0], [0.0, -2.0]], dtype=np.float32)
    head = Head.of(("a", "b"), np.array([0.5, -0.5], np.float32), {"s:één": 0, "b:^_x": 1}, table)
    network = Network.of(table, np.zeros(2), np.ones((2, 3)), np.zeros(3))
    familiar = Familiar.of([({"s:één"}, ["retention"]), ({"s:twee"}, ["silence_cctv"])])
    fitted = Fitted(
        dict.fromkeys(HEADS, head),
        dict.fromkeys(NETWORKS, network),
        familiar,
        ("één",),
        {"één": 2.0},
        "abc",
    )
    weights.write(tmp_path / "w.npz", fitted)

    again = weights.read(tmp_path / "w.npz")

    assert again.words == ("één",)
    assert again.language_odds == {"één": 2.0}
    assert weights.fitted_on(tmp_path / "w.npz") == "abc"
    for name in HEADS:
        assert again.heads[name].scores({"s:één": 1.0}) == head.scores({"s:één": 1.0})
    opinion = Opinion.of(again)
    assert opinion.data_in({"s:één": 1.0}) == Opinion.of(fitted).data_in({"s:één": 1.0})
    assert opinion.familiar.signs({"s:één"}, "retention") == familiar.signs({"s:één"}, "retention")
