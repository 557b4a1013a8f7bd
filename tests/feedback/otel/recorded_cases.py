"""The conversation that each product was recorded with: what it sends of the turn, and what is to be stored of it."""

from dataclasses import dataclass
from typing import Any

from feedback.models import Interaction, Project
from tests import factories as cast

QUESTION = "How long do I have for a refund of order 4711?"
ANSWER = "Refunds are possible within 30 days."
STEP = {"name": "find_order", "arguments": {"order": "4711"}, "result": "Delivered on Monday."}
DOCUMENTS = {
    "Refunds": ("https://shop.example/refunds", "Refunds are possible within 30 days of delivery."),
    "Shipping": ("https://shop.example/shipping", "Shipping takes two days."),
}

GIVEN = {"name": "transfer_to_orders", "arguments": {"order": "4711"}, "result": "Successfully transferred to orders"}
BACK = "transfer_back_to_supervisor"
HANDED = (GIVEN, {"name": BACK, "arguments": {}, "result": "Successfully transferred back to supervisor"})


@dataclass(frozen=True)
class Case:
    """What a product sends of the turn."""

    name: str
    context: tuple[str, ...] = ("system",)
    sources: tuple[str, ...] = ()
    steps: tuple[dict[str, Any], ...] = ()
    subject: str | None = "mia-1"
    session: str = "talk-7"
    turns: int = 1

    def right(self, project: Project) -> list[dict[str, Any]]:
        """What is to be stored, turn by turn."""
        turn = {
            "question": QUESTION,
            "answer": ANSWER,
            "context": list(self.context),
            "sources": {title: DOCUMENTS[title] for title in self.sources},
            "steps": list(self.steps),
            "session": self.session,
            "has an agent": True,
            "subject": cast.person(project, self.subject) if self.subject else None,
        }
        return [turn] * self.turns


BOTH = ("Refunds", "Shipping")
CASES = [
    Case("openai-v2", steps=(STEP,)),
    Case("openai-openinference", steps=(STEP,)),
    Case("openai-traceloop", steps=(STEP,)),
    Case("anthropic-openinference", steps=(STEP,)),
    Case("anthropic-traceloop", steps=(STEP,)),
    Case("langchain-openinference", sources=BOTH),
    Case("langchain-traceloop", sources=BOTH),
    Case("langchain-langsmith", sources=BOTH),
    Case("langgraph-openinference", steps=(STEP,)),
    Case("langgraph-traceloop", steps=(STEP,)),
    Case("langgraph-langsmith", steps=(STEP,)),
    Case("llamaindex", sources=BOTH),
    Case("llamaindex-chat", sources=BOTH),
    Case("haystack", sources=("Refunds",)),
    Case("smolagents", steps=(STEP,)),
    Case("openai-agents-openinference", steps=(STEP,)),
    Case("openai-agents-traceloop", steps=(STEP,)),
    Case("traceloop-workflow", context=(), steps=({**STEP, "arguments": ["4711"]},)),
    Case("pydantic-ai", steps=(STEP,)),
    Case("strands", steps=(STEP,)),
    Case("litellm", session=""),
    Case("google-adk", steps=({**STEP, "result": {"result": STEP["result"]}},), subject=None),
    Case("google-genai", steps=({**STEP, "result": {"result": STEP["result"]}},)),
    Case("semantic-kernel", context=(), steps=({**STEP, "name": "P-find_order"},)),
    Case("langfuse", sources=BOTH, steps=({**STEP, "name": "look"},)),
    Case("langfuse-own-provider", sources=BOTH, steps=({**STEP, "name": "look"},)),
    Case("crewai", steps=(STEP,)),
    Case("dspy"),
    Case("autogen", steps=(STEP,)),
    Case("autogen-team"),
    Case("agent-framework", steps=(STEP,)),
    Case("agent-framework-spoken", steps=(STEP,)),  # its run tells of each message; the last is what the user saw
    Case("openai-openinference-choices"),
    Case("openai-traceloop-choices"),
    Case("anthropic-parts", steps=(STEP,)),
    Case("bedrock-openinference", steps=(STEP,)),
    Case("bedrock-traceloop", steps=(STEP,)),
    Case("responses-openinference", steps=(STEP,)),
    Case("responses-traceloop", steps=(STEP,)),
    Case("langgraph-supervisor", steps=HANDED),
    Case("vercel", steps=(STEP,), turns=2),
    Case("mlflow", sources=BOTH, steps=({**STEP, "name": "look"},), subject=None, session=""),
]


def stored(case: Case) -> list[dict[str, Any]]:
    """What is stored. Whose turn it was is left out where the product does not say."""
    return [
        {
            "question": row.question,
            "answer": row.answer,
            "context": [turn["role"] for turn in row.context],
            "sources": {source["title"]: (source["url"], source["text"]) for source in row.sources},
            "steps": [{key: step[key] for key in step if key not in ("type", "id")} for step in row.steps],
            "session": row.session,
            "has an agent": bool(row.agent_model and row.agent_name),
            "subject": row.subject if case.subject else None,
        }
        for row in Interaction.objects.all()
    ]
