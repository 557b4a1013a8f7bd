"""`dry_run`: shows an interaction as it would be stored, redacted. Stores and counts nothing."""

from typing import Any

from feedback.capture.payloads import InteractionIn
from feedback.capture.preparing import prepare_interaction
from feedback.models import Project


def preview(project: Project, payload: InteractionIn) -> dict[str, Any]:
    """The interaction as it would be stored. Raises `RedactionError`."""
    row = prepare_interaction(project, payload).row
    agent = {"name": row.agent_name, "version": row.agent_version, "model": row.agent_model, "prompt": row.agent_prompt}
    shown = {
        "id": payload.id,
        "question": row.question,
        "answer": row.answer,
        "context": row.context,
        "sources": row.sources,
        "steps": row.steps,
        "session": row.session,
        "tags": row.tags,
        "metadata": row.metadata,
        "agent": agent,
        "occurred_at": row.occurred_at,
    }
    return {"stored": False, "dry_run": True, "redactions": row.redactions, "interaction": shown}
