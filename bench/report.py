"""The figures as Markdown and as a picture."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
from matplotlib import pyplot as plt
from matplotlib.axes import Axes

from bench.comparing import DESK, Score
from bench.growth import Step
from bench.timing import REPEATS, Times

_CAUTION = (
    "**Not a measure of unseen questions.** The examples and words went on growing after these "
    "questions had been asked for the first time. All contestants learn from added examples, but "
    "only the desk's own words and limits were worked on meanwhile, so its lead is flattered too. "
    "For what a new question meets, give a set that nobody has looked at with `--sets`."
)
_OURS, _THEIRS, _FALSE = "#1b6e6a", "#9aa5ab", "#c0492f"


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that one run measured."""

    asked: dict[str, int]
    examples: int
    seen_before: int
    up_to_date: bool
    questions: int
    reading: Times
    core: Times
    cold_start: float
    resident: float
    statement: Sequence[Step]
    forms: Sequence[Step]
    scores: Sequence[Score]


def markdown(figures: Figures, machine: str) -> str:
    """Return the whole report."""
    made = (
        f"Made by `python -m bench` on {machine}. Times are medians of {REPEATS} repeats; the desk "
        "is built anew for each, a peer once."
    )
    parts = (
        "# Measurements",
        made,
        "## Side by side",
        _side_by_side(figures),
        "## One question",
        _one_question(figures),
        "## When it grows",
        _growth(figures),
        "![Accuracy, time and growth](pictures/bench.svg)",
    )
    return "\n\n".join(parts) + "\n"


def _side_by_side(figures: Figures) -> str:
    sets = list(figures.asked)
    head = [
        "",
        *(f"right, {name}" for name in sets),
        "right, all",
        "false answers",
        "p50 ms",
        "p99 ms",
        "build ms",
    ]
    rows = [
        [
            score.name,
            *(f"{score.right[name]:.1%}" for name in (*sets, "all")),
            f"{score.false['all']:.1%}",
            f"{score.times.p50:.2f}",
            f"{score.times.p99:.2f}",
            f"{score.times.build:,.0f}",
        ]
        for score in figures.scores
    ]
    return f"{_table(head, rows)}\n\n{_CAUTION}\n\n{_notes(figures)}"


def _notes(figures: Figures) -> str:
    sizes = ", ".join(f"{name} {size}" for name, size in figures.asked.items())
    stale = "" if figures.up_to_date else " The desk's fit is older than these examples."
    return (
        f"All learn from the same {figures.examples:,} examples and get every third question "
        f"({sizes}; {figures.seen_before} of them stand word for word among the examples).{stale} "
        "Right: an accepted kind with every wanted fact, and the wanted right where a request is "
        "opened; the language of the reply does not count, because the peers choose none. False "
        "answer: facts stated where none is wanted, or only other facts than the wanted ones. "
        "The SVM hears runs of characters that stand in three examples or more, and is fitted by "
        "stochastic gradients. "
        "Build: from nothing to the first question, measured once; the desk loads weights that "
        "were fitted ahead (`words fit`, some minutes), the peers index or fit the examples. "
        "The desk's time is that of a whole reply, a peer's that of a label. WRatio gives many "
        "phrases one and the same best score, and the first of them wins; plain ratio does not."
    )


def _one_question(figures: Figures) -> str:
    rows = [
        [
            "understanding (`Reader.read`)",
            f"{figures.reading.p50:.2f}",
            f"{figures.reading.p99:.2f}",
        ],
        [
            "the whole core (`Assistant.answer`)",
            f"{figures.core.p50:.2f}",
            f"{figures.core.p99:.2f}",
        ],
    ]
    table = _table([f"over {figures.questions} questions", "p50 ms", "p99 ms"], rows)
    return (
        f"{table}\n\nA whole process, `python -m bot ask` from start to end: "
        f"{figures.cold_start:,.0f} ms. Resident memory with the assistant loaded: "
        f"{figures.resident:,.0f} MB."
    )


def _growth(figures: Figures) -> str:
    statement = _steps(figures.statement, "activities", "{:,}")
    forms = _steps(figures.forms, "forms per concept", "{}x")
    return (
        f"{statement}\n\nHalf of the questions name a row of the statement at hand. The new rows "
        "have aliases and facts; the fitted weights know the original ones only.\n\n"
        f"{forms}\n\nThe same questions, over aliases and words with generated forms beside them."
    )


def _steps(steps: Sequence[Step], title: str, size: str) -> str:
    first = steps[0].times.mean
    rows = [
        [
            size.format(step.size),
            f"{step.forms:,}",
            f"{step.times.p50:.2f}",
            f"{step.times.p99:.2f}",
            f"{step.times.mean:.2f}",
            f"{step.times.mean / first:.2f}",
            f"{step.times.build:,.0f}",
        ]
        for step in steps
    ]
    head = [title, "forms in all", "p50 ms", "p99 ms", "mean ms", "ratio of means", "build ms"]
    return _table(head, rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("---:" for _ in head[1:])]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in (head, rule, *rows))


def draw(figures: Figures, path: Path) -> None:
    """Write the picture: accuracy, time and growth, each in one panel."""
    mpl.use("Agg")
    mpl.rcParams.update({"svg.hashsalt": "bench", "font.size": 9, "axes.titlesize": 10})
    figure, panels = plt.subplots(1, 3, figsize=(13, 3.6), layout="constrained")
    _draw_accuracy(panels[0], figures.scores)
    _draw_times(panels[1], figures.scores)
    _draw_growth(panels[2], figures)
    for panel in panels:
        panel.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, format="svg", metadata={"Date": None})
    plt.close(figure)


def _draw_accuracy(panel: Axes, scores: Sequence[Score]) -> None:
    names = [_wrapped(score.name) for score in scores]
    right = [100 * score.right["all"] for score in scores]
    false = [100 * score.false["all"] for score in scores]
    places = range(len(scores))
    upper = panel.barh([p - 0.19 for p in places], right, 0.36, color=_colours(scores))
    lower = panel.barh([p + 0.21 for p in places], false, 0.36, color=_FALSE)
    panel.bar_label(upper, fmt="%.1f%% right", padding=3)
    panel.bar_label(lower, fmt="%.1f%% false answers", padding=3)
    panel.set(title="Right and false answers", xlim=(0, 130), yticks=list(places))
    panel.set_xticks([0, 25, 50, 75, 100])
    panel.set_yticklabels(names)
    panel.invert_yaxis()


def _draw_times(panel: Axes, scores: Sequence[Score]) -> None:
    names = [_wrapped(score.name) for score in scores]
    bars = panel.barh(names, [score.times.p50 for score in scores], 0.5, color=_colours(scores))
    panel.bar_label(bars, fmt="%.2f", padding=3)
    panel.set(title="Milliseconds a question (p50, logarithmic)", xscale="log")
    panel.margins(x=0.2)
    panel.invert_yaxis()


def _draw_growth(panel: Axes, figures: Figures) -> None:
    for steps, label, marker in (
        (figures.statement, "14, 100 and 1,000 activities", "o"),
        (figures.forms, "1, 4 and 16 times the forms", "s"),
    ):
        forms = [step.forms for step in steps]
        taken = [step.times.mean for step in steps]
        panel.plot(forms, taken, marker=marker, label=label)
    panel.set(title="Growth of the whole core", xscale="log", ylim=(0, None))
    panel.set(xlabel="forms in the lexicon", ylabel="ms a question (mean)")
    panel.legend(frameon=False, loc="lower right")


def _colours(scores: Sequence[Score]) -> list[str]:
    return [_OURS if score.name == DESK else _THEIRS for score in scores]


def _wrapped(name: str) -> str:
    return name.replace(", ", ",\n").replace(" over ", "\nover ")
