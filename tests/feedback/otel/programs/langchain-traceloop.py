# pip install langchain langchain-openai numpy httpx traceloop-sdk opentelemetry-sdk opentelemetry-exporter-otlp-proto-http
"""A retrieval chain of LangChain under Traceloop."""

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from traceloop.sdk import Traceloop

Traceloop.init(app_name="shop", exporter=OTLPSpanExporter(), telemetry_enabled=False)
Traceloop.set_association_properties({"user_id": "mia-1", "session_id": "talk-7"})

from langchain_core.documents import Document
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_openai import ChatOpenAI, OpenAIEmbeddings

TEXTS = {
    "Refunds": ("https://shop.example/refunds", "Refunds are possible within 30 days of delivery."),
    "Shipping": ("https://shop.example/shipping", "Shipping takes two days."),
}
store = InMemoryVectorStore(OpenAIEmbeddings(check_embedding_ctx_length=False))
store.add_documents([Document(text, metadata={"title": title, "source": url}) for title, (url, text) in TEXTS.items()])
prompt = ChatPromptTemplate.from_messages(
    [("system", "You are a kind shop agent."), ("user", "Context: {context}\n\nQuestion: {question}")]
)


def joined(documents):
    """The texts of the documents."""
    return "\n".join(document.page_content for document in documents)


chain = (
    {"context": store.as_retriever() | joined, "question": RunnablePassthrough()}
    | prompt
    | ChatOpenAI(model="gpt-4o-mini")
    | StrOutputParser()
)
print(chain.invoke("How long do I have for a refund of order 4711?"))
trace.get_tracer_provider().shutdown()
