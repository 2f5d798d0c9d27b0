"""LangChain's FAISS vector store with its own sentence-transformers embeddings, both as they come."""

from __future__ import annotations

from typing import Any


class Peer:
    """See loop.py. There is one setting."""

    def __init__(self, setting: str, memory: Any) -> None:
        from langchain_core.embeddings import Embeddings

        self.inner: Any = None
        self.store: Any = None
        peer = self

        class Remembering(Embeddings):  # type: ignore[misc]
            def embed_documents(self, texts: list[str]) -> list[list[float]]:
                return list(memory.of(texts, False, lambda missing: peer.inner.embed_documents(missing)))

            def embed_query(self, text: str) -> list[float]:
                return list(memory.of([text], True, lambda missing: [peer.inner.embed_query(missing[0])])[0])

        self.embeddings = Remembering()

    @staticmethod
    def convert(vector: Any) -> Any:
        return vector.tolist()

    def load(self, model: str | None) -> None:
        if model is None:
            return
        from langchain_huggingface import HuggingFaceEmbeddings

        self.inner = HuggingFaceEmbeddings(
            model_name=model,
            model_kwargs={"device": "cpu"},
            encode_kwargs={"prompt": "passage: ", "normalize_embeddings": True},
            query_encode_kwargs={"prompt": "query: ", "normalize_embeddings": True},
        )

    def share(self, other: Any) -> None:
        self.inner = other.inner

    def build(self, ids: list[str], texts: list[str]) -> None:
        from langchain_community.vectorstores import FAISS

        self.store = FAISS.from_texts(texts, self.embeddings, ids=ids)

    def ask(self, question: str, k: int) -> list[str]:
        return [document.id for document in self.store.similarity_search(question, k)]

    def save(self, folder: str) -> None:
        self.store.save_local(folder)

    def open(self, folder: str) -> None:
        from langchain_community.vectorstores import FAISS

        self.store = FAISS.load_local(folder, self.embeddings, allow_dangerous_deserialization=True)

    def pieces(self, text: str) -> list[str]:
        """By LangChain's usual splitter, as its tutorials set it."""
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        return list(RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200).split_text(text))
