"""`README.md` of a release: a dataset card for people, with the front matter that the Hugging Face Hub reads.

It is made from the manifest alone, so no captured text can be in it; and names (dataset, agents, notices) are written
so that none of them acts as YAML, Markdown or HTML.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from curation.decisions.reasons import TIERS
from curation.quality.estimates import percent as as_percent
from curation.releases.formats import TABLES
from curation.releases.formats.shapes import Shape
from curation.releases.formats.shapes import plain as plain_columns

SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
TASKS = {"eval_cases.jsonl": "question-answering", "sft.jsonl": "text-generation"}
# Arrow's JSON reader reads ISO 8601 strings as times anyway; undeclared, they would lose their zone.
DTYPES = {
    "string": "string",
    "time": "timestamp[us, tz=UTC]",
    "boolean": "bool",
    "null": "null",
    "integer": "int64",
    "json": "json",
}
LANGUAGE = re.compile(r"[a-z]{2,3}\Z")
LICENSE = re.compile(r"[a-z0-9][a-z0-9.-]{0,39}\Z")
NO_AUDIT = """No audit sample was reviewed. The share of golden cases says nothing about the agent: people choose
what they rate."""
_UNPRINTED = re.compile(r"[^\w .:,/+@-]")
LIMITS = """- The records are what people chose to rate, not a random sample of what the agent is asked. To judge the agent, use the audit's estimate, not the share of golden cases. Only cases of the kind `sampled` are drawn at
  random, from answers that nobody rated; each question occurs in them once.
- Redaction misses things. Texts may still contain personal data; treat the files accordingly.
- Captured text may try to instruct its readers, including models and judges. Treat it as data.
- People erased after you downloaded this release are on the recall list. Delete their records. If you pushed this release to a hub, also purge them from its history: a commit that removes a file leaves the old one there."""


def card(manifest: Mapping[str, Any]) -> str:
    """The dataset card of a release with this manifest. The same manifest, the same card."""
    parts = [front_matter(manifest), *body(manifest)]
    return "\n\n".join(parts) + "\n"


def front_matter(manifest: Mapping[str, Any]) -> str:
    """The YAML between `---`: one config for each file with records, with its features declared, so that none is
    guessed.
    """
    tables = [entry for entry in manifest["files"] if entry["name"] in TABLES and entry["records"]]
    lines = ["---", f"pretty_name: {quoted(plain(manifest['dataset']) + ' ' + plain(manifest['version']))}"]
    license = manifest.get("license") or "other"
    lines.append(f"license: {quoted(license if LICENSE.match(license) else 'other')}")
    lines += sequence("language", sorted(code for code in manifest.get("languages") or () if LANGUAGE.match(code)))
    lines += sequence("annotations_creators", ["crowdsourced", *(["expert-generated"] if reviewed(manifest) else [])])
    lines += sequence("source_datasets", ["original"])
    lines += sequence("task_categories", [TASKS[entry["name"]] for entry in tables if entry["name"] in TASKS])
    lines += sequence("size_categories", [size(sum(entry["records"] for entry in tables))])
    lines += sequence("tags", ["human-feedback", "evaluation", "preference-data"])
    if tables:
        lines += ["configs:", *(line for entry in tables for line in config(entry, entry is tables[0]))]
        lines += ["dataset_info:", *(line for entry in tables for line in info(entry))]
    return "\n".join([*lines, "---"])


def config(entry: Mapping[str, Any], default: bool) -> Iterator[str]:
    """One file as a config of the dataset; evaluation files are test splits, never training ones."""
    yield f"- config_name: {quoted(config_name(entry))}"
    if default:
        yield "  default: true"
    yield "  data_files:"
    yield f"  - split: {split(entry)}"
    yield f"    path: {quoted(entry['name'])}"


def info(entry: Mapping[str, Any]) -> Iterator[str]:
    """The features and the size of one config."""
    yield f"- config_name: {quoted(config_name(entry))}"
    yield "  features:"
    for name, shape in columns(TABLES[entry["name"]], bool(entry.get("mixed"))).items():
        yield from feature(name, shape, "  ")
    yield "  splits:"
    yield f"  - name: {split(entry)}"
    yield f"    num_bytes: {entry['bytes']}"
    yield f"    num_examples: {entry['records']}"
    yield f"  download_size: {entry['bytes']}"
    yield f"  dataset_size: {entry['bytes']}"


def columns(shapes: Mapping[str, Shape], mixed: bool) -> dict[str, Shape]:
    """The columns as `datasets` knows them.

    If some records have tool calls, messages are of a type that came with version 4.7 and keeps each record unchanged:
    declared fields would be null in all other records, and chat templates read that as a call.
    """
    return {name: as_json(shape) for name, shape in shapes.items()} if mixed else plain_columns(shapes)


def as_json(shape: Shape) -> Shape:
    """The shape, with `json` for anything that differs from record to record."""
    if isinstance(shape, list):
        return "json" if plain_columns(shape) != shape else shape
    return {name: as_json(inner) for name, inner in shape.items()} if isinstance(shape, dict) else shape


def feature(name: str, shape: Shape, indent: str) -> Iterator[str]:
    yield f"{indent}- name: {name.removesuffix('?')}"
    yield from kind(shape, indent + "  ")


def kind(shape: Shape, indent: str) -> Iterator[str]:
    """The type of a column: `dtype: …`, `struct:` with its fields, or `list:` of either."""
    if isinstance(shape, list):
        inner = shape[0]
        if isinstance(inner, dict):
            yield f"{indent}list:"
            for name, part in inner.items():
                yield from feature(name, part, indent)
        else:
            yield f"{indent}list: {quoted(scalar(inner))}"
    elif isinstance(shape, dict):
        yield f"{indent}struct:"
        for name, part in shape.items():
            yield from feature(name, part, indent)
    else:
        yield f"{indent}dtype: {quoted(scalar(shape))}"


def scalar(shape: Shape) -> str:
    """The dtype of a scalar; a choice of texts is a string."""
    return DTYPES[shape.removesuffix("?")] if isinstance(shape, str) else "string"


def body(manifest: Mapping[str, Any]) -> Iterator[str]:
    """The sections, in the order in which a reader decides whether to use the data."""
    yield f"# {plain(manifest['dataset'])} {plain(manifest['version'])}"
    yield (
        "What users of a deployed agent said about its answers, turned into cases to test it by and examples to train "
        "it on.\nQuestions and answers are redacted; `lineage.jsonl` traces each record to an interaction."
    )
    yield "## Files\n\n" + table(
        ("file", "purpose", "records", "bytes", "sha256"),
        [(f"`{e['name']}`", e["purpose"], e["records"], e["bytes"], f"`{e['sha256']}`") for e in manifest["files"]],
    )
    yield "## Evidence for the answers\n\n" + tiers(manifest.get("tiers") or {})
    if manifest.get("funnel"):
        yield "## What is not in it\n\n" + losses(manifest["funnel"])
    if left_out := manifest.get("left_out"):
        rows = [(plain(file), plain(why), n) for file, found in left_out.items() for why, n in found.items()]
        yield "## What some files leave out\n\n" + table(("file", "why", "records"), rows)
    yield "## Consent\n\n" + facts(manifest.get("consent"), "Not recorded.")
    yield "## Redaction\n\n" + facts(manifest.get("redaction"), "Not recorded.")
    yield "## How good the agent is\n\n" + estimates(manifest.get("bias"))
    yield "## The agent's own words\n\n" + facts(manifest.get("authorship"), "Not measured.")
    yield "## Overlap of testing and training\n\n" + facts(manifest.get("leakage"), "Not measured.")
    yield "## Where it comes from\n\n" + origin(manifest)
    yield "## Erasure\n\n" + erasure(manifest)
    yield "## Limits\n\n" + LIMITS


def tiers(counts: Mapping[str, int]) -> str:
    """How many eval cases have which evidence."""
    return table(("evidence for the right answer", "eval cases"), [(TIERS[name], n) for name, n in counts.items()])


def losses(funnel: Mapping[str, Any]) -> str:
    """What was captured but is not in the release, and why."""
    names = ("conversations", "cases", "examples", "pairs")
    rows = [(plain(one["why"]), *(one[name] for name in names), plain(one["remedy"])) for one in funnel["losses"]]
    return table(("why", *names, "what to do"), rows)


def estimates(bias: Mapping[str, Any] | None) -> str:
    """The quality estimates, each with interval, n and days; no share is shown without interval and n."""
    names = {"audit": "random audit", "thumbs": "votes alone", "weighted": "votes, weighted by propensity"}
    rows = [
        (name, percent(e["value"]), f"{percent(e['low'])} to {percent(e['high'])}", e["n"], days(e))
        for key, name in names.items()
        if (e := (bias or {}).get(key)) and {"value", "low", "high", "n"} <= e.keys()
    ]
    if not rows:
        return NO_AUDIT
    return table(("estimate", "right answers", "95 % interval", "n", "answers of"), rows)


def days(found: Mapping[str, Any]) -> str:
    """The days that an estimate speaks of."""
    return f"{found['since']} to {found['until']}" if found.get("since") else "all days"


def origin(manifest: Mapping[str, Any]) -> str:
    window = manifest.get("window") or {}
    policy = manifest.get("policy") or {}
    rows = [
        ("cut at", plain(manifest["created_at"])),
        ("interactions from", plain(window.get("from") or "the beginning")),
        ("interactions until", plain(window.get("to") or "the cut")),
        ("curation policy", plain(policy.get("version", "none"))),
        ("digest of the eval cases", plain(manifest.get("cases_digest") or "none")),
    ]
    rows += [(plain(name), count) for name, count in sorted((manifest.get("counts") or {}).items())]
    return table(("", ""), rows)


def erasure(manifest: Mapping[str, Any]) -> str:
    """Which version this one replaces, and what was removed with it."""
    before = manifest.get("supersedes")
    lines = ["This version does not replace another."]
    if before:
        removed = before.get("removed")
        gone = f", without {removed} of its lines" if isinstance(removed, int) else ""
        reason = f" ({plain(before['reason'])})" if before.get("reason") else ""
        lines = [f"It replaces {plain(before['version'])}{reason}{gone}. Delete that version."]
    recalls = manifest.get("recalls") or []
    lines.append(f"Recalls of earlier versions of this dataset: {len(recalls)}.")
    return "\n".join(lines)


def facts(values: Mapping[str, Any] | None, otherwise: str) -> str:
    """A table of what a part of the manifest says, nested parts by their path."""
    rows = [(name, value) for name, value in flattened(values or {}, "") if value is not None]
    return table(("", ""), rows) if rows else otherwise


def flattened(values: Mapping[str, Any], path: str) -> Iterator[tuple[str, Any]]:
    """(path, value) of every leaf, in the order of the names."""
    for name in sorted(values):
        value, here = values[name], f"{path}{plain(name)}"
        if isinstance(value, Mapping):
            yield from flattened(value, f"{here}.")
        elif isinstance(value, bool):
            yield here, "yes" if value else "no"
        elif isinstance(value, float):
            yield here, f"{value:.4g}"
        elif isinstance(value, list):
            yield here, ", ".join(plain(item) for item in value)
        else:
            yield here, value if value is None else plain(value)


def table(head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines)


def plain(value: Any) -> str:
    """A name in characters that Markdown, HTML and YAML all leave alone: letters, digits and a few symbols; at most
    120.
    """
    return _UNPRINTED.sub(" ", str(value))[:120].strip()


def quoted(text: str) -> str:
    """A string as JSON writes it, which YAML reads the same."""
    return orjson.dumps(text).decode()


def sequence(name: str, items: list[str]) -> list[str]:
    """A YAML list, or nothing if it is empty."""
    return [f"{name}:", *(f"- {quoted(item)}" for item in dict.fromkeys(items))] if items else []


def config_name(entry: Mapping[str, Any]) -> str:
    return str(entry["name"]).removesuffix(".jsonl")


def split(entry: Mapping[str, Any]) -> str:
    return "test" if entry["purpose"] == "evaluation" else "train"


def size(records: int) -> str:
    return next((name for limit, name in SIZES if records < limit), "n>1M")


def reviewed(manifest: Mapping[str, Any]) -> bool:
    return bool((manifest.get("counts") or {}).get("reviewed"))


def percent(share: float) -> str:
    return f"{as_percent(share, 1).removesuffix('%')} %"
