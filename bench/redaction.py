"""The redactor compared with other tools: the same texts, the same run, quality by type and speed.

    python -m bench.redaction [FOLDER]

FOLDER, or PII_CORPORA, holds labelled corpora (`bench/redaction_texts.py` says how a line looks); without one, texts
are made. The other tools run in an environment of their own, which is made once:

    python -m venv var/peers && var/peers/bin/pip install -r bench/requirements-peers.txt

PEERS_PYTHON names another one. Without it the redactor is measured alone. Where `make native` has compiled it, as `make
bench` does first, it is measured interpreted as well. F1 is over characters: a type's score is what a reader would see
hidden, not a count of matches. `hidden` is the share of the labelled characters that a span of any type hides; a false
span touches no label. The speed is the CPU time of redacting only, without start-up, the best of four measurements in
two processes.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from bench.redaction_texts import Labelled, Span, corpora
from privacy import native

HERE = Path(__file__).resolve().parent
PEERS = ("presidio", "datafog", "scrubadub", "detect-secrets")
ROUNDS = 2
OURS = {"flywheel": "1", "interpreted": "0"}  # what FLYWHEEL_NATIVE says

# A neighbouring type inside a labelled stretch is no false alarm: an address holds its post code.
KIN = {
    "POSTCODE": {"ADDRESS"},
    "ADDRESS": {"POSTCODE"},
    "EMAIL": {"URL_CREDENTIAL", "SECRET"},
    "SECRET": {"URL_CREDENTIAL"},
    "URL_CREDENTIAL": {"SECRET"},
    "USERNAME": {"URL_CREDENTIAL", "PERSON", "EMAIL"},
}


@dataclass
class Score:
    """One tool over one corpus: characters by type, false spans, speed."""

    hit: Counter[str] = field(default_factory=Counter)
    wrong: Counter[str] = field(default_factory=Counter)
    missed: Counter[str] = field(default_factory=Counter)
    hidden: Counter[str] = field(default_factory=Counter)
    false_spans: int = 0
    seconds: float = 0.0
    size: int = 0

    def f1(self, kind: str) -> float:
        """The harmonic mean of precision and recall over characters."""
        total = 2 * self.hit[kind] + self.wrong[kind] + self.missed[kind]
        return 2 * self.hit[kind] / total if total else 0.0

    def speed(self) -> float:
        """Megabytes a second."""
        return self.size / self.seconds / 1e6 if self.seconds else 0.0


def characters(spans: tuple[Span, ...] | list[Span], kinds: set[str] | None = None) -> set[int]:
    """The positions that spans of these types, or of any type, cover."""
    return {place for start, end, kind in spans if kinds is None or kind in kinds for place in range(start, end)}


def score(texts: list[Labelled], predictions: list[list[Span]]) -> Score:
    """Compare what a tool found with the labels."""
    made = Score()
    for text, found in zip(texts, predictions, strict=True):
        wanted, pardoned, any_found = characters(text.spans), characters(text.ignore), characters(found)
        made.false_spans += sum(not characters([span]) & (wanted | pardoned) for span in found)
        for kind in {span[2] for span in (*text.spans, *found)}:
            gold, mine = characters(text.spans, {kind}), characters(found, {kind})
            pardon = characters(text.ignore, {kind, "*"}) | characters(text.spans, KIN.get(kind, set()))
            made.hit[kind] += len(gold & mine)
            made.wrong[kind] += len(mine - gold - pardon)
            made.missed[kind] += len(gold - mine)
            made.hidden[kind] += len(gold & any_found)
    return made


def run(tool: str, python: str, texts: list[Labelled]) -> Score | None:
    """A tool over one corpus, in a process of its own; None where it cannot run."""
    done = subprocess.run(
        [python, str(HERE / "redaction_peers.py"), "flywheel" if tool in OURS else tool],
        input=json.dumps([text.text for text in texts]),
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "PYTHONPATH": str(HERE.parent) if tool in OURS else "",
            "FLYWHEEL_NATIVE": OURS.get(tool, ""),
        },
    )
    if done.returncode:
        print(f"{tool} does not run: {done.stderr.strip().splitlines()[-1:]}", file=sys.stderr)
        return None
    answer = json.loads(done.stdout)
    made = score(texts, [[(start, end, kind) for start, end, kind in spans] for spans in answer["spans"]])
    made.seconds, made.size = answer["seconds"], answer["bytes"]
    return made


def measured(tools: dict[str, str], groups: dict[str, list[Labelled]]) -> dict[str, dict[str, Score]]:
    """The scores of those tools that run, by corpus, each at its fastest. They take turns on each corpus, so that a
    slow moment of the machine affects all of them.
    """
    results: dict[str, dict[str, Score]] = {tool: {} for tool in tools}
    for name in [*groups] * ROUNDS:
        for tool in [*results]:
            made = run(tool, tools[tool], groups[name])
            if made is None:
                del results[tool]
            else:
                results[tool][name] = max(made, results[tool].get(name, made), key=Score.speed)
    return results


def table(groups: dict[str, list[Labelled]], results: dict[str, dict[str, Score]]) -> None:
    """F1 by corpus and type, false spans, then the speed over everything and its ratio to ours."""
    tools = list(results)
    print(f"{'':34}" + "".join(f"{tool:>16}" for tool in tools))
    for name, texts in groups.items():
        gold = Counter(kind for text in texts for *_, kind in text.spans)
        print(f"{name}: {len(texts)} texts")
        for kind, count in gold.most_common():
            cells = "".join(f"{results[tool][name].f1(kind):16.3f}" for tool in tools)
            mine = results[tools[0]][name]
            hidden = mine.hidden[kind] / max(1, mine.hit[kind] + mine.missed[kind])
            print(f"  {kind:15} {count:5}  F1      {cells}   (ours hides {hidden:.3f})")
        print(f"  {'false spans':30}  " + "".join(f"{results[tool][name].false_spans:16}" for tool in tools))
        print(f"  {'MB/s':30}  " + "".join(f"{results[tool][name].speed():16.3f}" for tool in tools))
    totals = {
        tool: sum(s.size for s in by.values()) / max(1e-9, sum(s.seconds for s in by.values())) / 1e6
        for tool, by in results.items()
    }
    print(f"{'all, MB/s of CPU time':34}" + "".join(f"{totals[tool]:16.3f}" for tool in tools))
    print(f"{'ours is … times as fast':34}" + "".join(f"{totals[tools[0]] / totals[tool]:16.1f}" for tool in tools))


def main(arguments: list[str]) -> int:
    """Measure the redactor, and the tools that are installed."""
    given = arguments[0] if arguments else os.environ.get("PII_CORPORA", "")
    groups = corpora(Path(given) if given else None)
    if not groups:
        print(f"There is no corpus in {given}.", file=sys.stderr)
        return 2
    peers = os.environ.get("PEERS_PYTHON", str(HERE.parent / "var/peers/bin/python"))
    tools = dict.fromkeys(OURS if native.folder().is_dir() else ["flywheel"], sys.executable)
    if Path(peers).exists():
        tools |= dict.fromkeys(PEERS, peers)
    results = measured(tools, groups)
    if "flywheel" not in results:
        return 1
    table(groups, results)
    if not set(results) & set(PEERS):
        print("\nThe other tools are not installed; this module's first lines say how.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
