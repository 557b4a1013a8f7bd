"""Guesses where a log of unknown names has our fields, to propose a `--map`. Nothing is imported by a guess."""

import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from privacy.files.csv_rows import plain_name

NAMES: dict[str, tuple[str, ...]] = {
    "question": ("question", "query", "prompt", "user_question", "user_query", "user_input", "user_message", "input", "request",
                 "message", "human", "instruction", "user_prompt", "input_text", "frage", "anfrage", "pregunta", "domanda",
                 "pergunta", "vraag", "pytanie", "вопрос", "问题", "質問", "질문"),
    "answer": ("answer", "response", "output", "completion", "reply", "bot_response", "bot_answer", "assistant", "ai_response",
               "llm_response", "model_response", "generated_text", "generation", "result", "output_text", "bot", "antwort",
               "réponse", "reponse", "respuesta", "risposta", "resposta", "antwoord", "odpowiedź", "ответ", "回答", "답변"),
    "feedback": ("feedback", "vote", "thumb", "thumbs", "rating", "user_feedback", "user_rating", "reaction", "liked", "helpful",
                 "score", "user_score", "bewertung", "note", "valoración", "оценка", "评分"),
    "correction": ("correction", "corrected", "corrected_answer", "ideal", "ideal_answer", "expected", "expected_answer", "edited",
                   "korrektur"),
    "comment": ("comment", "comments", "feedback_comment", "feedback_text", "reason", "remark", "kommentar", "commentaire"),
    "user": ("user", "user_id", "userid", "uid", "customer_id", "member_id", "account_id", "nutzer", "utilisateur"),
    "ts": ("ts", "timestamp", "time", "created_at", "createdat", "created", "date", "datetime", "occurred_at", "zeit", "datum"),
    "id": ("id", "interaction_id", "message_id", "trace_id", "uuid", "request_id", "log_id"),
    "session": ("session", "session_id", "thread_id", "chat_id", "conversation_id"),
}  # fmt: skip
PART = re.compile(r"[^\w]+|_+|(?<=[a-z0-9])(?=[A-Z])")
DEEP = 3
SHOWN = 15


def proposal(records: Iterable[Any]) -> str:
    """`--map question=… --map answer=…` for these records; empty where neither can be guessed."""
    found = _paths(records)
    words = []
    for name, known in NAMES.items():
        path = _best(found, known, texts=name in ("question", "answer", "correction", "comment"))
        if path and path != name:
            words.append(f"--map {shlex.quote(f'{name}={path}')}")
    return " ".join(words) if any("question=" in word or "answer=" in word for word in words) else ""


def columns(records: Iterable[Any]) -> str:
    """The names of the records' fields for a message; what is no plain name may be somebody's text."""
    names = list(dict.fromkeys(plain_name(path, "a field without a plain name") for path in _paths(records)))
    return ", ".join(names[:SHOWN]) + (", …" if len(names) > SHOWN else "")


def _paths(records: Iterable[Any]) -> dict[str, Any]:
    """The places of texts, numbers and truths in the records, each with a value."""
    found: dict[str, Any] = {}
    for record in records:
        for path, value in _leaves(record, "", DEEP):
            found.setdefault(path, value)
    return found


def _leaves(value: Any, path: str, deep: int) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping) and deep:
        for name, inner in value.items():
            yield from _leaves(inner, f"{path}.{name}" if path else str(name), deep - 1)
    elif path and not isinstance(value, (Mapping, list)) and value is not None:
        yield path, value


def _best(found: Mapping[str, Any], known: tuple[str, ...], *, texts: bool) -> str:
    """The first place whose name is known, or whose outer name is and whose inner one says no more."""
    folded = {path: _fold(path) for path, value in found.items() if isinstance(value, str) or not texts}
    for name in known:
        for path, parts in folded.items():
            if "_".join(parts) == name or (len(path.split(".")) == 1 and parts == name.split("_")):
                return path
    for name in known:
        for path in folded:
            steps = [each.casefold() for each in path.split(".")]
            if len(steps) > 1 and name in steps and steps[-1] in (name, "text", "content", "value", "message"):
                return path
    return ""


def _fold(path: str) -> list[str]:
    return [part.casefold() for part in PART.split(path.rpartition(".")[2] if "." in path else path) if part]
