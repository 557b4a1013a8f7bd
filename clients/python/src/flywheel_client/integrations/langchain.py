"""A LangChain callback: the outermost run of a chain, an agent or a graph is one interaction, with what
it retrieved.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ..capturing import Capturing
from ..errors import MissingExtra
from .wrapping import get, text_of

try:
    from langchain_core.callbacks import BaseCallbackHandler
except ImportError as error:
    raise MissingExtra("LangChain is not installed: pip install 'flywheel-client[langchain]'") from error

QUESTIONS = ("question", "input", "query", "messages", "user_input", "prompt", "text")
ANSWERS = ("answer", "output", "result", "response", "text", "messages", "content")
HISTORY = ("chat_history", "history")
ROLES = {"human": "user", "ai": "assistant", "user": "user", "assistant": "assistant", "system": "system"}
SUBJECT = ("user_id", "subject")
SESSION = ("session_id", "thread_id", "conversation_id")


class FlywheelCallback(BaseCallbackHandler):
    """Captures each outermost run: ``chain.invoke(question, config={"callbacks":
    [FlywheelCallback(client)]})``.

    ``fields``: fields of each interaction. The run's metadata name the person (``user_id``) and the session
    (``session_id``, ``thread_id``): ``config={"metadata": {"user_id": …}}``. The interaction's id is the
    run's.
    """

    raise_error = False

    def __init__(self, client: Capturing, **fields: Any) -> None:
        self._client, self._fields = client, fields
        self._runs: dict[UUID, dict[str, Any]] = {}
        self._roots: dict[UUID, UUID] = {}

    def on_chain_start(
        self, serialized: Any, inputs: Any, *, run_id: UUID, parent_run_id: UUID | None = None, **more: Any
    ) -> None:
        """Note an outermost run, or the run that this belongs to."""
        self._begin(run_id, parent_run_id, inputs, more.get("metadata"))

    def on_chat_model_start(
        self, serialized: Any, messages: Any, *, run_id: UUID, parent_run_id: UUID | None = None, **more: Any
    ) -> None:
        """Note the model; a model called on its own is an outermost run."""
        root = self._begin(
            run_id, parent_run_id, {"messages": messages[0] if messages else []}, more.get("metadata")
        )
        model = (more.get("metadata") or {}).get("ls_model_name") or (
            more.get("invocation_params") or {}
        ).get("model")
        if root is not None and model:
            root["model"] = str(model)[:200]

    def on_llm_start(
        self, serialized: Any, prompts: Any, *, run_id: UUID, parent_run_id: UUID | None = None, **more: Any
    ) -> None:
        """Note a completion model called on its own."""
        self._begin(run_id, parent_run_id, {"prompt": prompts[0] if prompts else ""}, more.get("metadata"))

    def on_tool_start(
        self, serialized: Any, input_str: str, *, run_id: UUID, parent_run_id: UUID | None = None, **more: Any
    ) -> None:
        """Note which run a tool belongs to."""
        self._follow(run_id, parent_run_id)

    def on_retriever_start(
        self, serialized: Any, query: str, *, run_id: UUID, parent_run_id: UUID | None = None, **more: Any
    ) -> None:
        """Note which run a retrieval belongs to."""
        self._follow(run_id, parent_run_id)

    def on_retriever_end(self, documents: Sequence[Any], *, run_id: UUID, **more: Any) -> None:
        """Retrieved documents are sources of the outermost run."""
        root = self._runs.get(self._roots.pop(run_id, run_id))
        if root is not None:
            root["sources"] += [_source(document) for document in documents]

    def on_chain_end(self, outputs: Any, *, run_id: UUID, **more: Any) -> None:
        """Capture an outermost run. If its input is streamed, it is complete only now."""
        if run_id in self._runs and more.get("inputs"):
            self._runs[run_id]["inputs"] = more["inputs"]
        self._end(run_id, outputs)

    def on_llm_end(self, response: Any, *, run_id: UUID, **more: Any) -> None:
        """Capture a model called on its own."""
        generations = get(response, "generations") or [[]]
        first = generations[0][0] if generations and generations[0] else None
        self._end(run_id, get(first, "message") or get(first, "text") or "")

    def on_tool_end(self, output: Any, *, run_id: UUID, **more: Any) -> None:
        """Forget a tool's run."""
        self._roots.pop(run_id, None)

    def on_chain_error(self, error: BaseException, *, run_id: UUID, **more: Any) -> None:
        """A run that failed gave no answer."""
        self._forget(run_id)

    on_llm_error = on_tool_error = on_retriever_error = on_chain_error

    def _begin(self, run: UUID, parent: UUID | None, inputs: Any, metadata: Any) -> dict[str, Any] | None:
        if parent is not None:
            return self._follow(run, parent)
        self._runs[run] = {
            "inputs": inputs,
            "metadata": metadata or {},
            "sources": [],
            "began": datetime.now(UTC),
        }
        return self._runs[run]

    def _follow(self, run: UUID, parent: UUID | None) -> dict[str, Any] | None:
        root = self._roots.get(parent, parent) if parent is not None else None
        if root is None or root not in self._runs:
            return None
        self._roots[run] = root
        return self._runs[root]

    def _forget(self, run: UUID) -> dict[str, Any] | None:
        self._roots.pop(run, None)
        return self._runs.pop(run, None)

    def _end(self, run_id: UUID, outputs: Any) -> None:
        run = self._forget(run_id)
        if run is None:
            return
        try:
            question, context = _asked(run["inputs"])
            answer = _answered(outputs)
        except Exception as error:
            # Chains may take and return anything.
            self._client._not_captured(error)
            return
        if not question or not answer:
            return
        about: Mapping[str, Any] = run["metadata"]
        made: dict[str, Any] = {
            "id": str(run_id),
            "question": question,
            "answer": answer,
            "context": context or None,
            "sources": run["sources"][:100] or None,
            "subject": next((str(about[name]) for name in SUBJECT if about.get(name)), None),
            "session": next((str(about[name])[:200] for name in SESSION if about.get(name)), None),
            "occurred_at": run["began"],
            **self._fields,
        }
        if run.get("model"):
            made["agent"] = {"model": run["model"], **(made.get("agent") or {})}
        self._client.interaction(**made)


def _role(message: Any) -> str:
    if isinstance(message, (tuple, list)) and len(message) == 2:
        return ROLES.get(str(message[0]), "")
    return ROLES.get(str(get(message, "type") or get(message, "role") or ""), "")


def _text(message: Any) -> str:
    if isinstance(message, (tuple, list)) and len(message) == 2:
        return text_of(message[1])
    return text_of(get(message, "content"))


def _messages(value: Any) -> list[tuple[str, str]]:
    found = value if isinstance(value, (list, tuple)) else get(value, "messages") or ()
    return [(_role(each), _text(each)) for each in found if _role(each) and _text(each).strip()]


def _asked(inputs: Any) -> tuple[str, list[dict[str, str]]]:
    """The question, and the turns before it."""
    if isinstance(inputs, str):
        return inputs, []
    value: Any = inputs
    before: list[tuple[str, str]] = []
    if isinstance(inputs, Mapping):
        before = [turn for name in HISTORY for turn in _messages(inputs.get(name) or ())]
        value = next((inputs[name] for name in QUESTIONS if inputs.get(name)), None)
        if value is None and len(inputs) == 1:
            value = next(iter(inputs.values()))
    if isinstance(value, str):
        return value, _as_context(before)
    turns = before + (_messages(value) if not get(value, "content") else [(_role(value), _text(value))])
    last = next((n for n in reversed(range(len(turns))) if turns[n][0] == "user"), None)
    return ("", []) if last is None else (turns[last][1], _as_context(turns[:last]))


def _as_context(turns: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"role": role, "content": text} for role, text in turns][-200:]


def _answered(outputs: Any) -> str:
    """The answer in a run's result."""
    if isinstance(outputs, str):
        return outputs
    if isinstance(outputs, Mapping):
        value = next((outputs[name] for name in ANSWERS if outputs.get(name)), None)
        value = next(iter(outputs.values())) if value is None and len(outputs) == 1 else value
        return _answered(value) if value is not outputs else ""
    if isinstance(outputs, (list, tuple)):
        return _answered(outputs[-1]) if outputs and _role(outputs[-1]) == "assistant" else ""
    if get(outputs, "tool_calls"):
        return ""
    return text_of(get(outputs, "content")) or str(get(outputs, "text") or "")


def _source(document: Any) -> dict[str, str]:
    about = get(document, "metadata") or {}
    found = {
        "id": get(document, "id") or about.get("id"),
        "title": about.get("title"),
        "url": about.get("url") or about.get("source"),
        "text": get(document, "page_content"),
    }
    return {name: str(value) for name, value in found.items() if value}
