"""Each format's line: its exact shape, one line a record, and text that stays text."""

import json
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any

import jsonschema
import pytest

from curation.releases import formats
from curation.releases.formats import dpo, eval_cases, inspect, kto, openai_evals, parquet, preferences, promptfoo, sft
from curation.releases.formats.encoding import json_line
from curation.releases.formats.format import Format, Row
from curation.releases.verify import line_fault
from tests.curation.formats_corpus import hostile, row, rows, storable

EVERY = formats.FORMATS


def parsed(format: Format, record: Row) -> Any:
    line = format.line(record)
    assert line is not None
    return json.loads(line.removeprefix(b"- "))


@pytest.mark.parametrize("format", EVERY, ids=lambda format: format.file)
def test_it_writes_one_line_a_record_whatever_the_text_holds(format: Format) -> None:
    for record in rows(hostile()):
        line = format.line(record)
        assert line is not None and line.endswith(b"\n")
        assert len(line.decode("utf-8").splitlines()) == 1, record.id


@pytest.mark.parametrize("format", EVERY, ids=lambda format: format.file)
def test_every_line_has_the_shape_that_the_check_knows(format: Format) -> None:
    for record in [*rows(hostile()), row(sources=[], context=[], tags=[])]:
        assert line_fault(format.file, parsed(format, record)) is None, record.id


@pytest.mark.parametrize("format", EVERY, ids=lambda format: format.file)
def test_a_line_holds_no_letter_that_steers_a_terminal_or_turns_text_around(format: Format) -> None:
    steering = {chr(code) for code in (*range(32), *range(0x80, 0xA0), 0x2028, 0x2029, *range(0x202A, 0x202F))}
    steering |= {chr(code) for code in range(0x2066, 0x206A)} | set("\u200e\u200f\u061c")
    for record in rows(hostile()):
        assert not steering & set((format.line(record) or b"").decode().removesuffix("\n")), record.id


def test_texts_come_back_as_they_were() -> None:
    for text in hostile():
        assert json.loads(json_line({"text": text}))["text"] == storable(text)


def test_what_json_cannot_carry_is_replaced_and_never_refused() -> None:
    assert json.loads(json_line(["\ud800", {"\udfff": 2**70}, float("nan"), (1,)])) == [
        "�",
        {"�": str(2**70)},
        None,
        [1],
    ]


def test_eval_cases_are_exactly_the_contract() -> None:
    record = row(context=[], sources=[{"id": "kb"}])
    assert parsed(eval_cases.FORMAT, record) == {
        "id": "i-1",
        "kind": "regression",
        "question": record.question,
        "expected": record.expected,
        "accepted": [],
        "rejected": record.rejected,
        "also_rejected": [],
        "tier": "single",
        "depends_on": [],
        "as_of": None,
        "valid_until": None,
        "steps": [],
        "context": [],
        "sources": [{"id": "kb"}],
        "tags": record.tags,
        "why": record.why,
        "provenance": record.provenance,
    }


def test_sft_is_messages_alone_with_the_right_answer_last() -> None:
    record = row(
        expected="Thirty days.", context=[{"role": "human", "content": "Hi"}, {"role": "ai", "content": "Hello"}]
    )
    assert parsed(sft.FORMAT, record) == {
        "messages": [
            {"role": "user", "content": "Hi"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": record.question},
            {"role": "assistant", "content": "Thirty days."},
        ]
    }


def test_the_system_prompt_of_the_dataset_takes_the_place_of_the_conversations_own() -> None:
    record = row(context=[{"role": "developer", "content": "old"}], system="Be brief.")
    roles = [(message["role"], message["content"]) for message in parsed(sft.FORMAT, record)["messages"][:2]]
    assert roles == [("system", "Be brief."), ("user", record.question)]


def test_the_system_prompt_is_no_part_of_what_a_candidate_is_asked() -> None:
    assert parsed(inspect.FORMAT, row(context=[], system="Be brief."))["input"][0]["role"] == "user"


def test_preferences_are_exactly_the_contract() -> None:
    record = row(context=[], expected="Thirty days.", rejected="Ten days.")
    assert parsed(preferences.FORMAT, record) == {
        "input": {
            "messages": [{"role": "user", "content": record.question}],
            "tools": [],
            "parallel_tool_calls": True,
        },
        "preferred_output": [{"role": "assistant", "content": "Thirty days."}],
        "non_preferred_output": [{"role": "assistant", "content": "Ten days."}],
    }


@pytest.mark.parametrize("format", [preferences.FORMAT, dpo.FORMAT])
@pytest.mark.parametrize("rejected", [None, "", "Thirty days."])
def test_there_is_no_pair_without_two_different_answers(format: Format, rejected: str | None) -> None:
    assert format.line(row(expected="Thirty days.", rejected=rejected)) is None


def test_kto_labels_the_agents_own_answer_with_the_vote_on_it() -> None:
    down = parsed(kto.FORMAT, row(rejected="Ten days.", thumb=False))
    up = parsed(kto.FORMAT, row(expected="Thirty days.", rejected=None, thumb=True))
    assert (down["label"], down["completion"][0]["content"]) == (False, "Ten days.")
    assert (up["label"], up["completion"][0]["content"]) == (True, "Thirty days.")


def test_kto_takes_reviewed_votes_alone() -> None:
    assert kto.line(row(reviewed=False)) is None
    assert kto.line(row(thumb=None)) is None


def test_inspect_samples_never_name_files_scripts_or_sandboxes() -> None:
    keys = {key for record in rows(hostile()) for key in parsed(inspect.FORMAT, record)}
    assert keys == {"id", "input", "target", "metadata"}


def test_openai_evals_rows_fit_the_item_schema_that_goes_with_them() -> None:
    for record in rows(hostile()):
        jsonschema.validate(parsed(openai_evals.FORMAT, record)["item"], openai_evals.ITEM_SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"id": "x"}, openai_evals.ITEM_SCHEMA)


@pytest.mark.parametrize(
    "text",
    [
        "{{ env.KEY }}",
        "{{{{ x }}}}",
        "{% include 'x' %}",
        "{# gone #}",
        "file:///etc/hostname",
        "see file://x",
        "FILE://x",
    ],
)
def test_promptfoo_finds_no_mark_to_act_on(text: str) -> None:
    found = promptfoo.inert(text)
    assert not any(mark in found.lower() for mark in ("{{", "{%", "{#", "#}", "file://"))
    assert promptfoo.restored(found) == text


@pytest.mark.parametrize("text", ["package:x:y", " [1]", '{"role": "system"}', "- role: system", "42", "null", '"x"'])
def test_promptfoo_takes_no_text_for_a_module_or_a_whole_chat(text: str) -> None:
    assert promptfoo.inert(text) == "\u2060" + text


@pytest.mark.parametrize("text", ["", "Plain.", "# A heading", "a: b", "5 days", "https://example.com", "{ok}", "x {"])
def test_promptfoo_gives_back_every_text(text: str) -> None:
    assert promptfoo.restored(promptfoo.inert(text)) == text


def test_joiners_that_were_in_the_text_stay_in_it() -> None:
    for text in ("{\u2060{", "{\u2060\u2060%", "file:\u2060//x", "\u2060[1]", "{\u2060", "#\u2060}"):
        assert promptfoo.restored(promptfoo.inert(text)) == text


def test_promptfoo_never_fans_a_text_out_into_many() -> None:
    assert parsed(promptfoo.FORMAT, row(text='["a", "b"]'))["options"] == {"disableVarExpansion": True}


def test_a_dataset_chooses_formats_by_name_and_their_order_is_one() -> None:
    names = [module.file for module in formats.chosen(["promptfoo", "kto", "parquet"])]
    assert names == ["eval_cases.jsonl", "sft.jsonl", "preferences.jsonl", "kto.jsonl", "promptfoo.yaml"]
    assert formats.chosen(["kto", "promptfoo"]) == formats.chosen(["promptfoo", "kto"])


def test_a_format_that_does_not_exist_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="no such format: csv"):
        formats.chosen(["csv"])


def test_parquet_without_its_library_says_what_to_install(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(parquet, "import_module", missing)
    with pytest.raises(parquet.ExtraMissing, match="pip install pyarrow"):
        parquet.convert(tmp_path / "sft.jsonl", tmp_path / "sft.parquet", sft.FORMAT.shape)


def test_every_module_that_writes_lines_declares_its_format() -> None:
    found = [import_module(f"{formats.__name__}.{each.name}") for each in iter_modules(formats.__path__)]
    writers = [module for module in found if hasattr(module, "line")]
    assert [module.__name__ for module in writers if module.FORMAT not in formats.FORMATS] == []
    assert [module.FORMAT.name for module in writers] == sorted(format.name for format in formats.FORMATS)
    assert [module.FORMAT.name for module in writers] == [module.__name__.rpartition(".")[2] for module in writers]


def test_a_format_cannot_be_declared_without_the_shape_of_its_lines() -> None:
    with pytest.raises(TypeError, match="shape"):
        Format("half.jsonl", "training", record="pair", line=sft.line)  # type: ignore[call-arg]


@pytest.mark.parametrize("format", EVERY, ids=lambda format: format.file)
def test_a_format_needs_the_consent_of_the_records_that_it_is_made_of(format: Format) -> None:
    assert (format.purpose == "evaluation") == (format.record == "case")


@pytest.mark.parametrize("format", EVERY, ids=lambda format: format.file)
def test_the_check_finds_a_line_that_is_not_of_the_format(format: Format) -> None:
    assert format.fault({}) and format.fault({**parsed(format, row(sources=[], context=[])), "more": 1})


@pytest.mark.parametrize("format", EVERY, ids=lambda format: format.file)
def test_the_documentation_describes_every_format(format: Format) -> None:
    pages = "\n".join(page.read_text() for page in Path("docs").rglob("*.md"))
    assert format.file in pages
