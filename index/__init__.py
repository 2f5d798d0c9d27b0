"""Entries, encoder, FAISS and lexical search, retriever."""
