"""How well the gate tells right answers from wrong ones without a model.

`python -m bench.answers` judges the answers in `tests/curation/claims`, written by hand in four languages. With
REAL_DATA naming a folder with `feedbackqa.jsonl` and `oasst.jsonl`, it also judges edits by rule of real answers: the
same in another form, and with a number, a negation or two names changed. Everything is seeded. If EMBEDDING_MODEL names a
folder that sentence-transformers can load, it also prints what an encoder would pass: alone, and together with `claims`.
"""

from __future__ import annotations

import json
import os
import random
import re
import time
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from curation.gate.graders import LEAST, Grader
from curation.gate.graders.claims import claims
from curation.gate.graders.embedding import embedding_grader
from curation.gate.verdicts import Case
from curation.gate.verdicts.cases import case_view
from tests.curation.told_answers import FILES, HARDER, HELD, TEN_LANGUAGES, Tally, Told, read, tally

LIKENESS = (0.7, 0.8, 0.9)
QUESTIONS = 250
SHORTEST, LONGEST = 40, 900
NUMBER_WORDS = "zero one two three four five six seven eight nine ten eleven twelve".split()
SMALL = re.compile(r"(?<![\w.,:/$€£-])([2-9]|1[0-2])(?![\w.,:/%-])")
NUMBER = re.compile(r"(?<![\w.,/-])\d+(?![\w./-]|,\d)")
NAME = re.compile(r"(?<=[a-z,] )[A-Z][a-z]{3,}\b")
NEGATED = re.compile(r"\b(?:not|no|never|cannot)\b|n't")
TURNS = (
    ("is", "is not"),
    ("can", "cannot"),
    ("must", "need not"),
    ("should", "should not"),
    ("are", "are not"),
    ("will", "will not"),
)
DROPS = (("is not", "is"), ("cannot", "can"), ("do not", "do"), ("not", ""))
REFUSALS = ("I'm sorry, I don't know that.", "I cannot help with this question.", "Please contact support.")


def main() -> None:
    """Print a line for each file, and one for each kind of edit of real answers."""
    for name in (*FILES, *HARDER, *TEN_LANGUAGES, HELD):
        print(shown(f"{name}, by hand", tally(read(name))))
    if model := os.environ.get("EMBEDDING_MODEL"):
        encoder = embedding_grader(model=model)
        for name in (*FILES, HELD):
            for line in alike(list(read(name)), encoder):
                print(f"{name}, {line}", flush=True)
    if folder := os.environ.get("REAL_DATA"):
        told = [each for name in ("feedbackqa", "oasst") for each in edited(Path(folder, f"{name}.jsonl"))]
        print(shown("real answers, edited by rule", tally(told)))
        told.sort(key=lambda one: one.kind)
        for kind, some in groupby(told, key=lambda one: one.kind):
            print("  ", shown(kind, tally(some)))


def shown(name: str, found: Tally) -> str:
    """A line of figures."""
    return (
        f"{name}: {found.refused} of {found.right} right answers refused, {found.passed} of {found.wrong} wrong ones "
        f"passed, {found.not_judged} not judged"
    )


def alike(told: list[Told], encoder: Grader) -> Iterator[str]:
    """What similarity passes: alone, and where `claims` finds no contradiction but too few of the claims."""
    start = time.process_time()
    near = [encoder(one.text, one.case.expected, {}) for one in told]
    spent = 1000 * (time.process_time() - start) / len(told)
    scores = [claims(one.text, one.case.expected, case_view(one.case)) for one in told]
    for least in LIKENESS:
        alone = [cosine >= least for cosine in near]
        beside = [score >= LEAST["claims"] or (score > 0 and like) for score, like in zip(scores, alone, strict=True)]
        yield f"likeness of {least}: alone {_told(told, alone)}; beside claims {_told(told, beside)}; {spent:.0f} CPU ms an answer"


def _told(told: list[Told], passed: list[bool]) -> str:
    refused = sum(one.right and not mark for one, mark in zip(told, passed, strict=True))
    wrong = sum(not one.right and mark for one, mark in zip(told, passed, strict=True))
    right = sum(one.right for one in told)
    return f"{refused} of {right} right refused, {wrong} of {len(told) - right} wrong passed"


def edited(path: Path) -> Iterator[Told]:
    """Edits of the answers to some questions of a log."""
    rng = random.Random(5)
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if SHORTEST < len(row["answer"]) < LONGEST]
    rng.shuffle(rows)
    first = list({row["question"]: row for row in reversed(rows)}.values())[: QUESTIONS // 2]
    for row in first:
        case = Case(row["id"], "golden", row["question"], row["answer"])
        for kind, text, right in edits(row["answer"], rng):
            if text != row["answer"]:
                yield Told(case, text, right, kind)
        yield Told(case, rng.choice(REFUSALS), False, "a refusal")
        yield Told(case, rng.choice(rows)["answer"], False, "another answer")


def edits(text: str, rng: random.Random) -> Iterator[tuple[str, str, bool]]:
    """An answer in other forms, and with one claim changed: kind, text, and whether it is still right."""
    yield "courtesy", f"Good question! {text} I hope this helps.", True
    sentences = re.split(r"(?<=[.!?])\s+", text)
    if 1 < len(sentences) < 9 and not re.search(r"^\s*[-*\d]", text, re.MULTILINE):
        yield "as a list", "\n".join(f"- {sentence}" for sentence in sentences if sentence), True
    if small := SMALL.search(text):
        yield "a word for a digit", text[: small.start()] + NUMBER_WORDS[int(small[0])] + text[small.end() :], True
    if numbers := list(NUMBER.finditer(text)):
        one = rng.choice(numbers)
        yield (
            "another number",
            text[: one.start()] + str(int(one[0]) + rng.choice([1, 3, 10])) + text[one.end() :],
            False,
        )
    negated = NEGATED.search(text)
    for words, others in DROPS if negated else TURNS:
        if re.search(rf"\b{words}\b", text):
            yield "negation dropped" if negated else "negated", re.sub(rf"\b{words}\b", others, text, count=1), False
            break
    names = list(dict.fromkeys(NAME.findall(text)))[:2]
    if len(names) == 2 and not re.search(rf"{names[0]},? (?:and|or|und|et|y)?\s*{names[1]}", text):
        swap = dict(zip(names, names[::-1], strict=True))
        yield "names exchanged", re.sub(r"\w+", lambda word: swap.get(word[0], word[0]), text), False


if __name__ == "__main__":
    main()
