"""Precision and recall on texts that were labelled by hand, by file, type and language; as Markdown.

    python -m bench.redaction_labelled [FILE.jsonl ...]

`bench/labelled/` holds the files: `{"lang", "text"}` lines in which `[[PERSON:Anna Weber]]` marks what has to go. A
label is found if none of its words is left; a span is right if it touches a label. Every second text of the streets was
kept aside while the rules were made; all conversations were read.
"""

import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Final

from privacy.redaction import redact

FOLDER: Final = Path(__file__).resolve().parent / "labelled"
ASIDE: Final = frozenset({"streets"})
MARK: Final = re.compile(r"\[\[([A-Z_]+):([^\]]+)\]\]")
Label = tuple[int, int, str]


def unmarked(marked: str) -> tuple[str, list[Label]]:
    """The text without its marks, and where the labels are."""
    text, labels, at = "", list[Label](), 0
    for match in MARK.finditer(marked):
        text += marked[at : match.start()]
        labels.append((len(text), len(text) + len(match[2]), match[1]))
        text += match[2]
        at = match.end()
    return text + marked[at:], labels


def compared(marked: str) -> tuple[Counter[str], list[str]]:
    """What the redactor got right and wrong in one text, with each error in words."""
    text, labels = unmarked(marked)
    spans = redact(text).spans
    counts: Counter[str] = Counter()
    faults: list[str] = []
    for start, end, kind in labels:
        hidden = {place for span in spans for place in range(span.start, span.end)}
        whole = all(place in hidden or not text[place].isalnum() for place in range(start, end))
        counts[f"{kind} found" if whole else f"{kind} missed"] += 1
        if not whole:
            faults.append(f"missed {text[start:end]!r} in {text!r}")
    for span in spans:
        right = any(start < span.end and span.start < end for start, end, _ in labels)
        counts[f"{span.type} right" if right else f"{span.type} wrong"] += 1
        if not right:
            faults.append(f"{span.type} by {span.rule}: {text[span.start : span.end]!r} in {text!r}")
    return counts, faults


def shares(languages: dict[str, Counter[str]], kind: str) -> str:
    """Precision and recall by language, with the number of labels, as a cell."""
    cells = []
    for language, counts in languages.items():
        right, wrong, hidden, missed = (counts[f"{kind} {what}"] for what in ("right", "wrong", "found", "missed"))
        if hidden + missed:
            precision = f"{right / (right + wrong):.2f}" if right + wrong else "–"
            cells.append(f"{language} {precision} {hidden / (hidden + missed):.2f} ({hidden + missed})")
    return "; ".join(cells) or "–"


def main(arguments: list[str]) -> int:
    """Print the table, and with `--faults` what was missed and wrongly replaced in the half that rules are made on."""
    faults = "--faults" in arguments
    chosen = [Path(one) for one in arguments if one != "--faults"] or sorted(FOLDER.glob("*.jsonl"))
    print("| texts | type | precision, recall, labels | of these, aside |\n|---|---|---|---|")
    for path in chosen:
        whole: dict[str, Counter[str]] = {}
        aside: dict[str, Counter[str]] = {}
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            row = json.loads(line)
            counts, said = compared(row["text"])
            for totals in (whole, aside) if number % 2 and path.stem in ASIDE else (whole,):
                totals.setdefault(row["lang"], Counter()).update(counts)
            if faults and not number % 2:
                print("\n".join(said), end="\n" if said else "", file=sys.stderr)
        for kind in sorted({key.split()[0] for counts in whole.values() for key in counts}):
            print(f"| {path.stem.replace('_', ' ')} | {kind} | {shares(whole, kind)} | {shares(aside, kind)} |")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
