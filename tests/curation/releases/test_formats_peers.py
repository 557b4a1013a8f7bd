"""Releases read back through the real libraries. docs/benchmarks/other-tools.md says how to have them here.

They run in an interpreter of their own, `PEERS_PYTHON` (DeepEval, which asks for other versions, in `DEEPEVAL_PYTHON`),
and promptfoo as the command in `PROMPTFOO`. None of them reaches the network.
"""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from curation.releases.card import card
from curation.releases.formats import parquet, promptfoo
from tests.curation.formats_corpus import CANARY, ENVIRONMENT, hostile, row, rows, storable
from tests.curation.formats_release import release
from tests.curation.releases.test_formats_tools import STEPS, TURNS

pytestmark = pytest.mark.peers
PEERS = os.environ.get("PEERS_PYTHON", sys.executable)
DEEPEVAL = os.environ.get("DEEPEVAL_PYTHON", PEERS)
OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "DEEPEVAL_TELEMETRY_OPT_OUT": "YES",
    "PROMPTFOO_DISABLE_TELEMETRY": "1",
    "PROMPTFOO_DISABLE_UPDATE": "1",
    "PROMPTFOO_DISABLE_REMOTE_GENERATION": "1",
    ENVIRONMENT: CANARY,
}


@cache
def has(python: str, library: str) -> bool:
    found = subprocess.run([python, "-c", f"import {library}"], capture_output=True, check=False, cwd="/")
    return found.returncode == 0


def ask(library: str, script: str, folder: Path, python: str = PEERS) -> Any:
    """What a script prints as JSON, run where the library is; skips where it is not."""
    if not has(python, library):
        pytest.skip(f"{library} is not installed; see docs/benchmarks/other-tools.md")
    environment = os.environ | OFFLINE | {"HF_HOME": str(folder / ".hf"), "HOME": str(folder)}
    done = subprocess.run(
        [python, "-c", script, str(folder)], capture_output=True, text=True, check=False, cwd=folder, env=environment
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    return json.loads(done.stdout.splitlines()[-1])


def records(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_bytes().split(b"\n") if line]


LOAD = """
import json, sys, datasets
datasets.disable_progress_bars()
out = {}
for name in ("eval_cases", "sft", "preferences", "dpo", "kto"):
    # Small chunks: what a later one holds must not surprise the schema of the first.
    loaded = datasets.load_dataset(sys.argv[1], name, chunksize=4096)
    (split,) = loaded
    out[name] = {"split": split, "rows": list(loaded[split]), "features": str(loaded[split].features)}
print(json.dumps(out, default=lambda time: time.isoformat()))
"""


def test_datasets_loads_every_table_by_its_card_and_gives_back_the_same_records(tmp_path: Path) -> None:
    release(tmp_path, rows(hostile()), optional=["dpo", "kto"])
    loaded = ask("datasets", LOAD, tmp_path)
    assert {name: found["split"] for name, found in loaded.items()} == {
        "eval_cases": "test",
        "sft": "train",
        "preferences": "train",
        "dpo": "train",
        "kto": "train",
    }
    for name, found in loaded.items():
        assert found["rows"] == records(tmp_path / f"{name}.jsonl"), name


def test_datasets_loads_records_whose_sources_differ(tmp_path: Path) -> None:
    plain = [row(f"i-{n}", sources=[], context=[], rejected=None, kind="golden") for n in range(200)]
    late = row("late", sources=[{"url": "https://example.com/a"}], provenance={**row().provenance, "agent": None})
    release(tmp_path, [*plain, late])
    script = LOAD.replace('"dpo", "kto"', "")
    loaded = ask("datasets", script, tmp_path)
    source = {"id": None, "title": None, "url": "https://example.com/a", "text": None}
    assert loaded["eval_cases"]["rows"][-1]["sources"] == [source]
    assert loaded["eval_cases"]["rows"][0]["rejected"] is None


def test_datasets_loads_calls_of_tools_that_come_late_as_they_are(tmp_path: Path) -> None:
    plain = [row(f"i-{n}", context=[]) for n in range(200)]
    called = [row(f"c-{n}", context=TURNS, steps=STEPS, thumb=False) for n in range(2)]
    release(tmp_path, [*plain, *called], optional=["dpo", "kto"])
    loaded = ask("datasets", LOAD, tmp_path)
    for name in ("sft", "preferences", "dpo", "kto"):
        found = [{key: part for key, part in one.items() if part is not None} for one in loaded[name]["rows"]]
        assert found == records(tmp_path / f"{name}.jsonl"), name
    assert loaded["eval_cases"]["rows"][-1]["context"] == records(tmp_path / "eval_cases.jsonl")[-1]["context"]


CALLED = """
import json, sys
from inspect_ai.dataset import json_dataset
[sample] = json_dataset(f"{sys.argv[1]}/inspect.jsonl")
print(json.dumps([[m.role, m.text, [[c.function, c.arguments] for c in getattr(m, "tool_calls", None) or []]] for m in sample.input]))
"""


def test_inspect_reads_calls_of_tools(tmp_path: Path) -> None:
    release(tmp_path, [row(context=TURNS, steps=STEPS)], optional=["inspect"])
    asked = ask("inspect_ai", CALLED, tmp_path)
    assert asked[1] == ["assistant", "", [["look", {"at": 1.5, "all": True, "in": ["a"]}]]]
    assert asked[2][:2] == ["tool", "seen"]


TRL = """
import json, sys, datasets
from tokenizers import Tokenizer, models
from transformers import PreTrainedTokenizerFast
from trl.data_utils import apply_chat_template, is_conversational
template = ("{% for m in messages %}<|{{ m.role }}|>{{ m.content }}<|end|>{% endfor %}"
            "{% if add_generation_prompt %}<|assistant|>{% endif %}")
tokenizer = PreTrainedTokenizerFast(tokenizer_object=Tokenizer(models.WordLevel({"x": 0}, unk_token="x")))
tokenizer.chat_template = template
out = {}
for name in ("sft", "dpo", "kto"):
    lines = open(f"{sys.argv[1]}/{name}.jsonl", "rb").read().split(b"\\n")[:-1]
    examples = [json.loads(line) for line in lines]
    out[name] = [[is_conversational(e), apply_chat_template(e, tokenizer)] for e in examples]
print(json.dumps(out))
"""


def test_trl_takes_the_key_sets_and_renders_texts_as_they_are(tmp_path: Path) -> None:
    release(tmp_path, rows(hostile()), optional=["dpo", "kto"])
    seen = ask("trl", TRL, tmp_path)
    for name, examples in seen.items():
        assert all(conversational for conversational, _ in examples), name
    for text, (_, example) in zip(hostile(), seen["sft"], strict=True):
        turn = storable(text)
        assert example["text"] == (
            f"<|user|>{turn}<|end|><|assistant|>{turn}<|end|><|user|>{turn}<|end|><|assistant|>{turn}<|end|>"
        )
    assert {"prompt", "chosen", "rejected"} == set(seen["dpo"][0][1])
    assert {"prompt", "completion", "label"} == set(seen["kto"][0][1])


def test_trl_renders_a_corrected_step_as_the_call_to_learn(tmp_path: Path) -> None:
    release(
        tmp_path,
        [row(context=[], steps=STEPS, rejected=None, fix={"index": 1, "arguments": {"to": "Bo"}})],
        optional=["dpo"],
    )
    with_calls = "{% for c in m.tool_calls or [] %}{{ c.function.name }}({{ c.function.arguments }}){% endfor %}<|end|>"
    script = TRL.replace('"sft", "dpo", "kto"', '"sft", "dpo"').replace(
        "<|end|>{% endfor %}", with_calls + "{% endfor %}"
    )
    seen = ask("trl", script, tmp_path)
    [[_, taught]], [[_, pair]] = seen["sft"], seen["dpo"]
    assert pair["chosen"] == 'send({"to":"Bo"})<|end|>' != pair["rejected"]
    assert taught["text"].endswith(pair["chosen"]) and taught["text"].count("<|tool|>") == 1


INSPECT = """
import json, sys
from inspect_ai.dataset import json_dataset
out = []
for s in json_dataset(f"{sys.argv[1]}/inspect.jsonl"):
    assert s.files is None and s.setup is None and s.sandbox is None and s.choices is None
    out.append([s.id, [[m.role, m.content] for m in s.input], s.target, s.metadata])
print(json.dumps(out))
"""


def test_inspect_reads_samples_that_name_no_file_script_or_sandbox(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.with_suffix(".txt").write_text(CANARY)
    release(tmp_path, rows(hostile(canary)), optional=["inspect"])
    samples = ask("inspect_ai", INSPECT, tmp_path)
    for number, (text, sample) in enumerate(zip(hostile(canary), samples, strict=True)):
        turn = storable(text)
        assert sample[:3] == [f"case-{number}", [["user", turn], ["assistant", turn], ["user", turn]], [turn]]
    assert CANARY not in json.dumps(samples)


GOLDENS = """
import json, sys
from deepeval.dataset import EvaluationDataset
dataset = EvaluationDataset()
dataset.add_goldens_from_jsonl_file(f"{sys.argv[1]}/deepeval.jsonl")
print(json.dumps([[g.name, g.input, g.expected_output, g.context, g.multimodal] for g in dataset.goldens]))
"""


def test_deepeval_reads_goldens_and_takes_no_text_for_an_image(tmp_path: Path) -> None:
    release(tmp_path, rows(hostile()), optional=["deepeval"])
    goldens = ask("deepeval", GOLDENS, tmp_path, DEEPEVAL)
    for text, (_, question, expected, context, multimodal) in zip(hostile(), goldens, strict=True):
        same = storable(text)
        assert not multimodal
        if "deepeval:" in text.lower():
            same = re.sub(r"\[(?=deepeval:)", "[\u2060", same, flags=re.IGNORECASE)
        assert (question, expected, context) == (same, same, [same] if same else [])


def test_deepeval_expects_the_calls_with_the_corrected_one(tmp_path: Path) -> None:
    release(
        tmp_path, [row(steps=STEPS, rejected=None, fix={"index": 1, "arguments": {"to": "Bo"}})], optional=["deepeval"]
    )
    script = GOLDENS.replace("[g.name, g.input", "[[[t.name, t.input_parameters] for t in g.expected_tools], g.input")
    [[calls, *_]] = ask("deepeval", script, tmp_path, DEEPEVAL)
    assert [name for name, _ in calls] == [step["name"] for step in STEPS] and calls[1][1] == {"to": "Bo"}


LANGFUSE = """
import json, sys
from langfuse._task_manager.media_manager import _is_langfuse_media_reference
from langfuse.api import CreateDatasetItemRequest
lines = open(f"{sys.argv[1]}/langfuse.jsonl", "rb").read().split(b"\\n")[:-1]
def texts(v):
    if isinstance(v, str): yield v
    elif isinstance(v, dict): yield from (t for i in v.values() for t in texts(i))
    elif isinstance(v, list): yield from (t for i in v for t in texts(i))
out = []
for line in lines:
    item = json.loads(line)
    request = CreateDatasetItemRequest(dataset_name="d", expected_output=item["expectedOutput"],
        **{k: item[k] for k in ("id", "input", "metadata", "status")})
    sent = json.loads(request.json(by_alias=True))
    assert item.items() <= sent.items(), sent.keys()
    taken = [t for t in texts(item) if _is_langfuse_media_reference(t) or t.startswith("data:")]
    out.append([item["id"], len(taken)])
print(json.dumps(out))
"""


def test_langfuse_takes_the_items_and_no_text_for_media(tmp_path: Path) -> None:
    release(tmp_path, rows(hostile()), optional=["langfuse"])
    items = ask("langfuse", LANGFUSE, tmp_path)
    assert items == [[f"case-{number}", 0] for number in range(len(hostile()))]


EVALS = """
import json, sys
from pydantic import TypeAdapter
from openai.types.evals.create_eval_jsonl_run_data_source_param import SourceFileContentContent
lines = open(f"{sys.argv[1]}/openai_evals.jsonl", "rb").read().split(b"\\n")[:-1]
check = TypeAdapter(SourceFileContentContent)
print(json.dumps([check.validate_python(json.loads(line))["item"]["question"] for line in lines]))
"""


def test_openai_evals_rows_fit_the_types_of_its_client(tmp_path: Path) -> None:
    release(tmp_path, rows(hostile()), optional=["openai_evals"])
    assert ask("openai", EVALS, tmp_path) == [storable(text) for text in hostile()]


PARQUET = """
import json, sys, pyarrow.parquet as pq
print(json.dumps(pq.read_table(f"{sys.argv[1]}/eval_cases.parquet").to_pylist()))
"""


def test_parquet_holds_what_the_lines_hold_and_is_the_same_bytes_twice(tmp_path: Path) -> None:
    release(tmp_path, rows(hostile()))
    script = (
        "import sys, json; from pathlib import Path; from curation.releases.formats import parquet, tables; from curation.releases.formats.shapes import plain\n"
        f"sys.path.insert(0, {os.getcwd()!r})\n"
        "print(json.dumps([parquet.convert(a, b, plain(c)) for a, b, c in tables(Path(sys.argv[1]))]))"
    )
    script = f"import sys; sys.path.insert(0, {os.getcwd()!r})\n{script}"
    counts = ask("pyarrow", script, tmp_path)
    first = (tmp_path / "eval_cases.parquet").read_bytes()
    assert counts == [len(hostile())] * 3
    assert ask("pyarrow", script, tmp_path) == counts
    assert (tmp_path / "eval_cases.parquet").read_bytes() == first
    assert ask("pyarrow", PARQUET, tmp_path) == records(tmp_path / "eval_cases.jsonl")
    assert parquet.SUFFIX == ".parquet"


YAML = """
import json, sys, yaml
data = yaml.safe_load(open(f"{sys.argv[1]}/promptfoo.yaml", "rb"))
card = open(f"{sys.argv[1]}/README.md", encoding="utf-8").read().split("---\\n")[1]
print(json.dumps([data, yaml.safe_load(card)]))
"""


def test_a_yaml_reader_finds_strings_alone(tmp_path: Path) -> None:
    manifest = release(tmp_path, rows(hostile()), optional=["promptfoo"])
    cases, front = ask("yaml", YAML, tmp_path)
    lines = (tmp_path / "promptfoo.yaml").read_bytes().split(b"\n")[:-1]
    assert cases == [json.loads(line.removeprefix(b"- ")) for line in lines]
    assert [config["config_name"] for config in front["configs"]] == ["eval_cases", "preferences", "sft"]
    assert card(manifest).startswith("---\n")


PROMPTS = (
    "{{question}}",
    "Case {{question}} and {{expected}}",
    '[{"role": "user", "content": "{{question}}"}]',
    "{{ messages | dump }}",
)


def run_promptfoo(folder: Path, lines: bytes) -> list[dict[str, Any]]:
    """The results of promptfoo's echo provider, which answers with the prompt it was given."""
    command = os.environ.get("PROMPTFOO") or shutil.which("promptfoo")
    if command is None:
        pytest.skip("promptfoo is not installed; see docs/benchmarks/other-tools.md")
    (folder / "promptfoo.yaml").write_bytes(lines)
    check = [{"type": "contains", "value": "{{question}}"}]
    config = {
        "providers": ["echo"],
        "prompts": PROMPTS,
        "tests": "file://promptfoo.yaml",
        "defaultTest": {"assert": check},
    }
    (folder / "promptfooconfig.yaml").write_text(json.dumps(config))
    arguments = "eval -c promptfooconfig.yaml -o out.json --no-progress-bar --no-table --no-cache --no-share"
    environment = os.environ | OFFLINE | {"PROMPTFOO_CONFIG_DIR": str(folder / "state")}
    subprocess.run(
        [*shlex.split(command), *arguments.split()], cwd=folder, env=environment, capture_output=True, check=False
    )
    return list(json.loads((folder / "out.json").read_text())["results"]["results"])


def canaries(folder: Path) -> Path:
    """Files whose content, or whose running, would show."""
    canary, ran = folder / "canary", folder / "RAN"
    (folder / "canary.txt").write_text(CANARY)
    (folder / "canary.json").write_text(json.dumps({"a": CANARY}))
    (folder / "canary.yaml").write_text(f"a: {CANARY}")
    (folder / "canary.py").write_text(f"def get_var(*a):\n    open({str(ran)!r}, 'w')\n    return {{'output': 'x'}}\n")
    (folder / "canary.js").write_text(
        f"module.exports = () => {{ require('fs').writeFileSync({json.dumps(str(ran))}, ''); return {{output: 'x'}} }}"
    )
    return canary


@pytest.mark.slow
def test_promptfoo_hands_every_text_to_the_model_as_it_is(tmp_path: Path) -> None:
    texts = hostile(canaries(tmp_path))
    results = run_promptfoo(tmp_path, b"".join(promptfoo.line(r) or b"" for r in rows(texts)))
    assert len(results) == len(PROMPTS) * len(texts)
    for result in results:
        number = int(result["testCase"]["metadata"]["id"].removeprefix("case-"))
        text = promptfoo.inert(storable(texts[number]))
        assert promptfoo.restored(text) == storable(texts[number])
        var = re.sub(r"\n\Z", "", text)  # promptfoo drops one line feed at the end of a variable
        answer = result["response"]["output"]
        got = json.loads(answer)[-1]["content"] if result["promptIdx"] > 1 else answer
        assert got == (var, f"Case {var} and {var}", var, text)[result["promptIdx"]]
    assert CANARY not in json.dumps(results)
    assert not (tmp_path / "RAN").exists()


@pytest.mark.slow
def test_promptfoo_would_have_loaded_and_rendered_the_same_texts_unparted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(promptfoo, "inert", lambda text: text)
    canary = canaries(tmp_path)
    texts = [f"{{{{ env.{ENVIRONMENT} }}}}", f"file://{canary}.txt"]
    for text in texts:
        results = run_promptfoo(tmp_path, promptfoo.line(row(text=text, rejected=None)) or b"")
        assert CANARY in json.dumps([result["response"]["output"] for result in results]), text
