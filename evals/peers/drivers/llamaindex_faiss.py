"""LlamaIndex with its FAISS vector store and its own sentence-transformers embeddings."""

from __future__ import annotations

from typing import Any

DIM = 384


class Peer:
    """See loop.py. There is one setting."""

    def __init__(self, setting: str, memory: Any) -> None:
        from llama_index.core.embeddings import BaseEmbedding

        self.inner: Any = None
        self.index: Any = None
        self.retriever: Any = None
        self.k = 0
        peer = self

        class Remembering(BaseEmbedding):  # type: ignore[misc]
            def _get_text_embedding(self, text: str) -> Any:
                return self._get_text_embeddings([text])[0]

            def _get_text_embeddings(self, texts: list[str]) -> Any:
                return memory.of(texts, False, lambda missing: peer.inner.get_text_embedding_batch(missing))

            def _get_query_embedding(self, query: str) -> Any:
                return memory.of([query], True, lambda missing: [peer.inner.get_query_embedding(missing[0])])[0]

            async def _aget_query_embedding(self, query: str) -> Any:
                return self._get_query_embedding(query)

        # In one batch, so that the embeddings' own batches are those of its library.
        self.embeddings = Remembering(embed_batch_size=2048)

    @staticmethod
    def convert(vector: Any) -> Any:
        return vector.tolist()

    def load(self, model: str | None) -> None:
        if model is None:
            return
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        self.inner = HuggingFaceEmbedding(
            model_name=model, query_instruction="query: ", text_instruction="passage: ", device="cpu"
        )

    def share(self, other: Any) -> None:
        self.inner = other.inner

    def build(self, ids: list[str], texts: list[str]) -> None:
        import faiss
        from llama_index.core import StorageContext, VectorStoreIndex
        from llama_index.core.schema import TextNode
        from llama_index.vector_stores.faiss import FaissVectorStore

        nodes = [TextNode(id_=name, text=text) for name, text in zip(ids, texts, strict=True)]
        store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(DIM))
        context = StorageContext.from_defaults(vector_store=store)
        self.index = VectorStoreIndex(nodes, storage_context=context, embed_model=self.embeddings)
        self.k = 0

    def ask(self, question: str, k: int) -> list[str]:
        if k != self.k:
            self.k, self.retriever = k, self.index.as_retriever(similarity_top_k=k)
        return [found.node.node_id for found in self.retriever.retrieve(question)]

    def save(self, folder: str) -> None:
        self.index.storage_context.persist(folder)

    def open(self, folder: str) -> None:
        from llama_index.core import StorageContext, load_index_from_storage
        from llama_index.vector_stores.faiss import FaissVectorStore

        store = FaissVectorStore.from_persist_dir(folder)
        context = StorageContext.from_defaults(vector_store=store, persist_dir=folder)
        self.index = load_index_from_storage(context, embed_model=self.embeddings)
        self.k = 0

    def pieces(self, text: str) -> list[str]:
        """By LlamaIndex's default splitter."""
        from llama_index.core.node_parser import SentenceSplitter

        return list(SentenceSplitter().split_text(text))
