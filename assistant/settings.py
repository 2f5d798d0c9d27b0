"""Where things are: the only reader of environment variables."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path, user_config_path, user_data_path

from content.corpus import PACKAGED

_APP = "notice-assistant"
ADAPTER = Path(__file__).parent.parent / "index" / "adapter"
READER = Path(__file__).parent.parent / "index" / "reader"
RERANKER = Path(__file__).parent.parent / "index" / "reranker"


class SettingError(ValueError):
    """An environment variable that says nothing of use."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`model` None means the bundled encoder; `adapter` is the LoRA folder merged into it, None for none.

    `data_dir` is where the user's own additions lie (candidate questions); None leaves them out. `vectors` is where
    vectors are searched (`faiss`, or the address of a Milvus), None for where they are already; `replicas` how often
    a Milvus loads them, None likewise.
    """

    content_dir: Path
    index_dir: Path
    cache_dir: Path
    model: str | None
    adapter: Path | None
    with_bank: bool
    data_dir: Path | None = None
    vectors: str | None = None
    vectors_token: str = ""
    replicas: int | None = None

    @classmethod
    def from_environment(
        cls,
        content_dir: Path | None = None,
        index_dir: Path | None = None,
        model: str | None = None,
        with_bank: bool = True,
        with_adapter: bool = True,
        data_dir: Path | None = None,
        vectors: str | None = None,
        replicas: int | None = None,
    ) -> Settings:
        """What is given, else what the environment says, else defaults.

        The variables are NOTICE_ASSISTANT_CONTENT, _INDEX_DIR, _MODEL, _CACHE, _DATA, _ADAPTER (off), and _VECTORS,
        _VECTORS_TOKEN and _VECTORS_REPLICAS. The adapter belongs to the bundled encoder: it is never merged into a
        model named by the user. Raises SettingError for a number that is none.
        """
        content = content_dir or _path("CONTENT") or PACKAGED
        cache = _path("CACHE") or user_cache_path(_APP)
        model = model or os.environ.get("NOTICE_ASSISTANT_MODEL") or None
        wanted = with_adapter and os.environ.get("NOTICE_ASSISTANT_ADAPTER", "on") != "off"
        merged = wanted and model is None and (ADAPTER / "adapter_config.json").is_file()
        variant = "-".join([*(["no-bank"] if not with_bank else []), *(["plain"] if not wanted else [])])
        return cls(
            content_dir=content,
            index_dir=index_dir or _path("INDEX_DIR") or _default_index_dir(content, cache, variant),
            cache_dir=cache,
            model=model,
            adapter=ADAPTER if merged else None,
            with_bank=with_bank,
            data_dir=data_dir or _path("DATA") or user_data_path(_APP),
            vectors=vectors or os.environ.get("NOTICE_ASSISTANT_VECTORS") or None,
            vectors_token=os.environ.get("NOTICE_ASSISTANT_VECTORS_TOKEN", ""),
            replicas=replicas or _number("VECTORS_REPLICAS"),
        )


def users_file() -> Path:
    """Where the users stand, unless it is said otherwise: NOTICE_ASSISTANT_USERS, else the user's configuration."""
    return _path("USERS") or user_config_path(_APP) / "users.json"


def _path(name: str) -> Path | None:
    value = os.environ.get(f"NOTICE_ASSISTANT_{name}")
    return Path(value) if value else None


def _number(name: str) -> int | None:
    value = os.environ.get(f"NOTICE_ASSISTANT_{name}", "")
    if not value:
        return None
    if not value.isdecimal() or int(value) < 1:
        raise SettingError(f"环境变量 NOTICE_ASSISTANT_{name} 应是不小于 1 的整数，写的是 {value}。")
    return int(value)


def _default_index_dir(content: Path, cache: Path, variant: str) -> Path:
    """Beside the code in a checkout, else in the user's cache; every content folder and variant has its own."""
    if content == PACKAGED and (PACKAGED.parent / "pyproject.toml").is_file():
        return PACKAGED.parent / "index" / "built" / variant
    name = hashlib.sha256(str(content.resolve()).encode("utf-8", "surrogateescape")).hexdigest()[:16]
    return cache / "index" / name / variant
