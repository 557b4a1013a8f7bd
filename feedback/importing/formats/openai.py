"""Logs of the OpenAI API, and others in its shape: `messages`, requests with their responses, fine-tuning and
preference files. A request with its answer is one turn; a whole conversation has one for each question.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from feedback.importing.formats.conversations import ASSISTANT, Data, Message, first, read, read_one, turns
from feedback.importing.formats.format import NOBODY_SAID, Format, Line, Unread, lines_of
from feedback.importing.formats.scores import Score, ScoreVotes, separate
from feedback.importing.formats.trace_texts import answer_text, data, mapping

REQUESTS = ("request", "request_body", "body", "input")
RESPONSES = ("response", "response_body", "completion", "output")
VOTES = ("feedback", "rating", "thumb", "thumbs", "vote", "score", "label", "feedback_rating", "user_feedback")


def fits(record: Data) -> bool:
    """Messages, or a response with choices."""
    if isinstance(data(record.get("messages")), list) or _choices(record):
        return bool(record.get("messages")) or _choices(record)
    request, response = _request(record), _response(record)
    return bool(request.get("messages") or (isinstance(request.get("input"), (str, list)) and _is_answer(response)))


def _choices(record: Data) -> bool:
    choices = record.get("choices")
    return isinstance(choices, list) and bool(choices) and isinstance(choices[0], Mapping)


def _is_answer(response: Data) -> bool:
    return _choices(response) or isinstance(response.get("output"), list)


def _inner(record: Data, names: Sequence[str]) -> Data:
    for name in names:
        value = data(record.get(name))
        if isinstance(value, Mapping):
            return _inner(value, ("body",)) if isinstance(value.get("body"), (Mapping, str)) else value
    return {}


def _request(record: Data) -> Data:
    return _inner(record, REQUESTS) or record


def _response(record: Data) -> Data:
    return _inner(record, RESPONSES) or record


def lines(records: Sequence[Data], vote_names: Sequence[str]) -> Iterable[Line]:
    """The turns of a conversation, or the one turn of a request. Raises `Unread`."""
    (record,) = records
    request, response = _request(record), _response(record)
    given = _given(record, request)
    answer = _answer(record, response)
    found = list(turns([*given, *answer]))
    if answer:
        found = found[-1:]
        for turn in found:
            turn.number = 1
    if not found:
        raise Unread("messages", NOBODY_SAID)
    about = {**mapping(request.get("metadata")), **mapping(record.get("metadata"))}
    agent = {"model": first(response, "model") or first(request, "model") or first(record, "model")}
    shared: dict[str, Any] = {
        "ts": _first(
            record,
            response,
            "created",
            "created_at",
            "timestamp",
            "ts",
            "time",
            "date",
            "startTime",
            "start_time",
            "createdAt",
            "request_created_at",
        ),
        "user": _first(record, request, "user", "user_id", "userId", "safety_identifier", "end_user", "request_user_id")
        or about.get("user_id"),
        "session": _first(record, request, "session", "session_id", "thread_id", "conversation_id")
        or about.get("session_id"),
        "agent": {"model": str(agent["model"])[:200]} if agent["model"] else None,
        "tags": record.get("tags") if isinstance(record.get("tags"), list) else None,
    }
    name = str(_first(record, response, "id", "request_id", "custom_id", "conversation_id") or "")
    made = list(lines_of(found, name, **shared))
    for line, turn in zip(made, found, strict=True):
        _say(line, votes_in(turn.answered.source, vote_names))
    _say(made[-1], votes_in(record, vote_names))
    _say(made[-1], _preference(record, made[-1]))
    return made


def _given(record: Data, request: Data) -> list[Message]:
    messages = data(first(request, "messages") or first(record, "messages") or request.get("input"))
    if isinstance(messages, str):
        messages = [{"role": "user", "content": messages}]
    instructions = request.get("instructions")
    before = [{"role": "system", "content": instructions}] if isinstance(instructions, str) else []
    return read([*before, *messages]) if isinstance(messages, list) else []


def _answer(record: Data, response: Data) -> list[Message]:
    """The answer in a request's response, with the calls before it; none for a conversation that has its answers among
    its messages.
    """
    for holder in (response, record):
        choices = holder.get("choices")
        if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
            choice = choices[0]
            message = choice.get("message")
            found = read_one(message) if isinstance(message, Mapping) else None
            return [found or Message(ASSISTANT, str(choice.get("text") or ""), choice)]
        output = holder.get("output")
        said = read(output) if isinstance(output, list) else []
        if spoken := [place for place, each in enumerate(said) if each.role == ASSISTANT]:
            return [each for each in said[: spoken[-1]] if each.did or each.results] + [said[spoken[-1]]]
    preferred = record.get("preferred_output") or record.get("chosen")
    for value in (preferred, *(record.get(name) for name in RESPONSES)):
        if value and (text := answer_text(value)):
            return [Message(ASSISTANT, text, record)]
    return []


def votes_in(record: Data, vote_names: Sequence[str]) -> ScoreVotes:
    """What a message, or the record, says about an answer."""
    scores = []
    for name in (*VOTES, *vote_names):
        value = data(record.get(name))
        if isinstance(value, Mapping):
            inner = first(value, "value", "rating", "thumb", "score", "vote", "label", "type")
            comment = first(value, "comment", "text", "reason")
            scores.append(Score(f"{name} vote", inner, comment=comment, correction=value.get("correction")))
        elif value not in (None, "") and not isinstance(value, list):
            scores.append(Score(f"{name} vote", value))
    said = separate(scores[:1], vote_names)
    correction = first(record, "correction", "corrected", "edited", "ideal")
    if isinstance(correction, str):
        if said.votes:
            said.votes[0].setdefault("correction", correction)
        else:
            said.votes.append({"correction": correction})
    return said


def _preference(record: Data, line: Line) -> ScoreVotes:
    """A preference file's other answer: the preferred one corrects it."""
    other = record.get("non_preferred_output") or record.get("rejected")
    rejected = answer_text(other) if other else ""
    if not rejected or rejected == line["answer"]:
        return ScoreVotes()
    better, line["answer"] = line["answer"], rejected
    return ScoreVotes([{"value": "down", "correction": better}])


def _say(line: Line, said: ScoreVotes) -> None:
    if said.votes:
        line["feedback"] = [*line.get("feedback", []), *said.votes]


def _first(record: Data, other: Data, *names: str) -> Any:
    found = first(record, *names)
    return found if found is not None else first(other, *names)


FORMAT = Format("openai", "OpenAI chat logs (messages, requests with responses, fine-tuning files)", fits, lines)
