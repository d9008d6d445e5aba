"""Every fact in both languages says nothing that the statement or the law does not say."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from bot.assistant import Assistant
from bot.errors import GroundingError
from bot.intent import Answer, Line
from bot.messages import Kind, Language
from knowledge import load_statement

KNOWLEDGE = Path(__file__).parents[1] / "knowledge"
FACTS = sorted(load_statement().fact_ids())
LITERAL = re.compile(r"[\w.+-]+@[\w-]+\.\w+|\d+(?:[.:\-/]\d+)*")
NUMBER_WORDS = {
    "één": "1", "twee": "2", "drie": "3", "vier": "4", "vijf": "5", "zes": "6",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
}  # fmt: skip
PERIODS = {"P6M": "6", "P3Y": "3", "P1Y": "1", "P90D": "90"}


def literals_of(text: str) -> set[str]:
    return {match.strip(".") for match in LITERAL.findall(text)}


def known_literals() -> set[str]:
    raw = (KNOWLEDGE / "statement.yaml").read_text(encoding="utf-8")
    raw += (KNOWLEDGE / "law.yaml").read_text(encoding="utf-8")
    return literals_of(raw) | set(PERIODS.values()) | {"10", "2022"}


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("fact", FACTS)
def test_each_literal_of_a_rendered_fact_stands_in_the_knowledge_files(
    assistant: Assistant, fact: str, language: Language
) -> None:
    text = assistant.state_fact(fact, language)

    assert text
    assert literals_of(text) <= known_literals()


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("fact", [fact for fact in FACTS if fact.endswith(".retention")])
def test_a_retention_answer_gives_exactly_the_period_of_its_row(
    assistant: Assistant, fact: str, language: Language
) -> None:
    retention = assistant.replies.statement.activity(fact.removesuffix(".retention")).retention
    text = assistant.state_fact(fact, language).split("\n")[0]

    said = {NUMBER_WORDS.get(word, word) for word in re.findall(r"\w+", text)}
    numbers = {word for word in said if word.isdigit()}

    assert numbers == ({PERIODS[retention.period]} if retention.period else set())


@pytest.mark.parametrize("fact", FACTS)
def test_each_answer_carries_its_source_line(assistant: Assistant, fact: str) -> None:
    text = assistant.state_fact(fact, "nl")
    source = assistant.replies.statement.source(fact)

    assert source.section.heading in text
    assert "versie 1.0 (10 juni 2022)" in text
    if source.row:
        assert source.row in text


@pytest.mark.parametrize("fact", FACTS)
def test_an_english_answer_says_that_it_is_a_translation(assistant: Assistant, fact: str) -> None:
    assert "our translation" in assistant.state_fact(fact, "en")


def test_an_answer_without_a_fact_is_refused(assistant: Assistant) -> None:
    with pytest.raises(GroundingError, match="must name the facts"):
        assistant.replies.render(
            [Answer(Kind.ANSWER, (Line("company.topic", "company"),))], "nl", "company", 1.0
        )


def test_an_answer_with_an_unknown_fact_is_refused(assistant: Assistant) -> None:
    with pytest.raises(GroundingError, match="not a fact"):
        assistant.replies.render(
            [Answer(Kind.ANSWER, (Line("smalltalk.thanks"),), ("cctv.retention",))], "nl", "x", 1.0
        )


def test_every_silence_admits_itself_and_names_the_privacy_address(assistant: Assistant) -> None:
    for silence in assistant.replies.statement.silences:
        for language in ("nl", "en"):
            reply = assistant.answering.answer_goal(f"silence_{silence.id}", language)

            assert reply.kind is Kind.NOT_COVERED
            assert reply.facts == ()
            assert "privacy@mixedbytes.nl" in str(reply.blocks)


def test_a_rule_of_law_is_always_marked_as_law(assistant: Assistant) -> None:
    reply = assistant.answering.answer_goal("silence_response_deadline", "nl")

    assert any("De wet (AVG art. 12 lid 3) zegt" in str(block) for block in reply.blocks)


def test_templates_hold_no_number_that_the_knowledge_files_do_not() -> None:
    intents = Path(__file__).parents[1] / "intents"
    allowed = known_literals() | {
        "24/7",
        "4000",
        "4,000",
    }  # the second and third: what this chat reads
    for path in sorted(intents.glob("*.yaml")):
        if path.stem in {"_desk", "_notices", "_deadlines"}:
            continue  # about tickets, for staff and from staff
        replies = (yaml.load(path.read_text("utf-8"), yaml.BaseLoader) or {}).get("replies", {})
        for key, texts in replies.items():
            found = literals_of(re.sub(r"\{\w+\}", "", " ".join(texts.values())))
            assert found - {"4", "000"} <= allowed, f"{path.name}: {key}"
