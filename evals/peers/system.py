"""Which libraries are compared, in which versions, and how each is set."""

from __future__ import annotations

from dataclasses import dataclass

_ALL = ("torch==2.13.0", "sentence-transformers==6.2.0", "transformers==5.23.0", "faiss-cpu==1.15.1", "numpy==2.4.6")


@dataclass(frozen=True, slots=True)
class Environment:
    """A virtual environment with one library; the product's own has no `packages`, and is the one that runs this."""

    name: str
    driver: str
    packages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class System:
    """An environment's library under one setting. `about` says for people what it is."""

    name: str
    environment: Environment
    setting: str
    about: str
    hybrid: bool = False
    encodes: bool = True
    """Whether it encodes other texts than the system before it of the same library."""
    packaged: bool = False
    """For the packaged notice only."""

    @property
    def own(self) -> bool:
        return not self.environment.packages


OURS = Environment("ours", "ours", ())
LANGCHAIN = Environment(
    "langchain",
    "langchain_faiss",
    (*_ALL, "langchain-core==0.3.76", "langchain-community==0.3.30", "langchain-huggingface==0.3.1"),
)
LLAMAINDEX = Environment(
    "llamaindex",
    "llamaindex_faiss",
    (
        *_ALL,
        "llama-index-core==0.14.25",
        "llama-index-vector-stores-faiss==0.7.0",
        "llama-index-embeddings-huggingface==0.8.0",
    ),
)
TXTAI = Environment("txtai", "txtai_index", (*_ALL, "txtai==9.14.0"))
HAYSTACK = Environment(
    "haystack", "haystack_memory", (*_ALL, "haystack-ai==3.4.0", "sentence-transformers-haystack==2.0.0")
)
ENVIRONMENTS = (OURS, LANGCHAIN, LLAMAINDEX, TXTAI, HAYSTACK)

SYSTEMS = (
    System("ours-vectors", OURS, "vectors", "vector store and passages alone"),
    System("ours", OURS, "search", "all channels fused, no bank, nothing read again", hybrid=True),
    System(
        "ours-answer",
        OURS,
        "answer",
        "the whole answer: refusal, highlights, citations; no bank",
        hybrid=True,
        encodes=False,
    ),
    System("ours-bank", OURS, "search-bank", "all channels fused, with the bank", hybrid=True, packaged=True),
    System(
        "ours-bank-answer",
        OURS,
        "answer-bank",
        "the whole answer, with the bank",
        hybrid=True,
        encodes=False,
        packaged=True,
    ),
    System("langchain", LANGCHAIN, "dense", "FAISS vector store, from_texts and similarity_search, defaults"),
    System("llamaindex", LLAMAINDEX, "dense", "VectorStoreIndex over FaissVectorStore (IndexFlatIP), as_retriever"),
    System("txtai", TXTAI, "dense", "Embeddings with content=True, faiss, defaults"),
    System("txtai-hybrid", TXTAI, "hybrid", "the same with hybrid=True, defaults", hybrid=True, encodes=False),
    System(
        "txtai-tuned",
        TXTAI,
        "tuned",
        "hybrid, BM25 over character pairs, weight fitted on dev",
        hybrid=True,
        encodes=False,
    ),
    System("haystack", HAYSTACK, "dense", "InMemoryDocumentStore, embedding retriever"),
    System(
        "haystack-hybrid",
        HAYSTACK,
        "hybrid",
        "embedding and BM25 retrievers joined by rank",
        hybrid=True,
        encodes=False,
    ),
    System(
        "haystack-tuned",
        HAYSTACK,
        "tuned",
        "the same, BM25 over character pairs, weight fitted on dev",
        hybrid=True,
        encodes=False,
    ),
)

STAGES = (
    "notice-adapted",
    "notice-plain",
    "dataset-adapted",
    "dataset-plain",
    "splitters",
    "questions",
    "cold",
    "cloud-10000",
    "cloud-100000",
)
"""What is measured, each kept by itself; see benchmark.py."""
