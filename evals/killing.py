"""Builds and additions killed (SIGKILL) at random moments, and what the next start finds.

Every attempt is a process of its own, forked from one that has the encoder loaded, so that a kill falls into the work
and not into loading torch. Needs `os.fork`.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from assistant.opening import KEPT_VECTORS, build, open_answerer
from assistant.settings import Settings
from content.corpus import Corpus, load_corpus
from content.library import add_document
from index.build import vector_keys, vector_maker
from index.encoder import Encoder, Progress, Vectors
from index.kept import Kept, text_key
from index.store import IndexMissingError, IndexStaleError, load_index

_DOCUMENTS = 10
_SENTENCES = 30
_RESTART_KILLED = 0.5
"""Share of the restarts after a kill that are killed too."""
_WORDS = (
    "各单位", "负责人", "学校", "社区", "工会", "会员", "报名", "材料", "活动", "培训", "经费", "安全",
    "检查", "名单", "会议室", "周五", "上午", "月底", "办公室", "统一", "提交", "登记", "公示", "组织",
    "参加", "领取", "核对", "汇总", "通知", "申请",
)  # fmt: skip


@dataclass(slots=True)
class Kills:
    """What was counted over the kills of one kind (`what` is build or add).

    `finished` attempts came to their end before their kill could fall. After each kill the folder held the index of
    the old documents (`old`), that of the new ones (`new`) or, before the first was ever built, none (`none`); of an
    addition, the library without the document or with it. `broken` is how often it held anything else. `encoded` texts
    went to the encoder, `distinct` of them different; `redone` were encoded again because the kill came before they
    were flushed, `twice` although they had been flushed.
    """

    what: str
    kills: int = 0
    finished: int = 0
    old: int = 0
    new: int = 0
    none: int = 0
    answers: int = 0
    encoded: int = 0
    distinct: int = 0
    redone: int = 0
    twice: int = 0
    broken: int = 0
    seconds: float = 0.0


class Writing:
    """An encoder that writes down the key of every text before it encodes it."""

    def __init__(self, encoder: Encoder, log: Path) -> None:
        self._encoder = encoder
        self._log = log
        self.name, self.fingerprint, self.dim = encoder.name, encoder.fingerprint, encoder.dim

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Questions are not written down."""
        return self._encoder.encode_queries(texts)

    def encode_entries(self, texts: Sequence[str], as_queries: bool, progress: Progress | None = None) -> Vectors:
        """See `Encoder`."""
        keys = (text_key(text, "query" if as_queries else "passage").hex() for text in texts)
        with self._log.open("a", encoding="ascii") as file:
            file.write("".join(f"{key}\n" for key in keys))
        return self._encoder.encode_entries(texts, as_queries, progress)


class Killing:
    """Kills builds and additions over a small library in `folder`, with `encoder`."""

    def __init__(self, encoder: Encoder, folder: Path, seed: int = 0, sentences: int = _SENTENCES) -> None:
        self._chance = random.Random(seed)
        self._sentences = sentences
        self._log = folder / "encoded.log"
        self._result = folder / "result.json"
        self._waiting = folder / "waiting"
        self._encoder = Writing(encoder, self._log)
        self._settings = Settings(folder / "content", folder / "index", folder / "cache", None, None, False)
        for each in (self._settings.content_dir, self._waiting):
            each.mkdir(parents=True)
        self._seen: set[str] = set()
        self._number = 0
        for place in range(_DOCUMENTS):
            self._write(place)
        self._old: Corpus | None = None

    def builds(self, kills: int, progress: Progress | None = None) -> Kills:
        """Change the library and kill its build, again and again; each build is brought to its end at last."""
        found = Kills("build")
        began = time.perf_counter()
        whole = self._rehearse()
        while found.kills < kills:
            corpus = self._corpus()
            killed = True
            ended = self._attempt(self._build, self._chance.uniform(0, whole), found)
            while ended == -signal.SIGKILL:
                found.kills += 1
                self._look(corpus, found)
                if progress is not None:
                    progress(min(found.kills, kills), kills)
                killed = found.kills < kills and self._chance.random() < _RESTART_KILLED
                ended = self._attempt(self._build, self._chance.uniform(0, whole) if killed else None, found)
            found.finished += killed
            found.broken += ended != 0
            self._answer(corpus, found)
            self._old = corpus
            for place in self._chance.sample(range(_DOCUMENTS), self._chance.randint(1, _DOCUMENTS)):
                self._write(place)
        found.seconds = time.perf_counter() - began
        return found

    def additions(self, kills: int, progress: Progress | None = None) -> Kills:
        """Kill the addition of a document, then start: it is there whole or not at all, and nothing else is."""
        found = Kills("add")
        began = time.perf_counter()
        if self._attempt(self._build, None, found):
            found.broken += 1
        self._old = self._corpus()
        whole = 0.02
        while found.kills < kills:
            self._number += 1
            file = self._waiting / f"新增{self._number}.{self._chance.choice(['txt', 'html'])}"
            text = self._text(file.stem)
            file.write_text(text if file.suffix == ".txt" else f"<p>{'</p><p>'.join(text.split())}</p>", "utf-8")
            after = self._chance.uniform(0, 1.2 * whole)
            started = time.perf_counter()
            ended = self._attempt(partial(add_document, file, self._settings.content_dir), after, found)
            if ended == 0:
                whole = 0.8 * whole + 0.2 * (time.perf_counter() - started)
                found.finished += 1
            elif ended == -signal.SIGKILL:
                found.kills += 1
                if progress is not None:
                    progress(found.kills, kills)
            else:
                found.broken += 1
            place = self._settings.content_dir / file.name
            if place.is_file():
                found.new += ended != 0
                found.broken += place.read_bytes() != file.read_bytes()
            else:
                found.old += 1
                found.broken += ended == 0
            corpus = self._corpus()
            wanted = {path.name for path in self._settings.content_dir.iterdir() if not path.name.startswith(".")}
            found.broken += {n.source.file for n in corpus.notices if n.source} != wanted or bool(corpus.skipped)
            if self._attempt(self._build, None, found):
                found.broken += 1
            self._answer(corpus, found)
            self._old = corpus
            if len(corpus.notices) >= 2 * _DOCUMENTS:
                for path in self._settings.content_dir.glob("新增*"):
                    path.unlink()
        found.seconds = time.perf_counter() - began
        return found

    def _rehearse(self) -> float:
        """Seconds that a whole build takes, which goes to a folder of its own."""
        aside = replace(self._settings, index_dir=self._settings.index_dir.with_name("rehearsal"))
        began = time.perf_counter()
        if _forked(lambda: build(aside, encoder=self._encoder), None):
            raise RuntimeError("the build fails without being killed")
        return time.perf_counter() - began

    def _corpus(self) -> Corpus:
        return load_corpus(self._settings.content_dir, with_bank=False)

    def _build(self) -> None:
        build(self._settings, encoder=self._encoder)

    def _attempt(self, job: Callable[[], object], after: float | None, found: Kills) -> int:
        """Run a job in a process of its own, killed after so many seconds (None: never); how it ended.

        Counts what was encoded, and what of it had been flushed before.
        """
        kept = self._kept()
        before = {key for key in self._seen if bytes.fromhex(key) in kept}
        self._log.write_bytes(b"")
        ended = _forked(job, after)
        encoded = self._log.read_text(encoding="ascii").split()
        found.encoded += len(encoded)
        found.twice += len(before.intersection(encoded)) + len(encoded) - len(set(encoded))
        found.redone += len(self._seen.intersection(encoded) - before)
        found.distinct += len(set(encoded) - self._seen)
        self._seen.update(encoded)
        return ended

    def _kept(self) -> Kept:
        return Kept(self._settings.index_dir / KEPT_VECTORS, vector_maker(self._encoder))

    def _look(self, corpus: Corpus, found: Kills) -> None:
        """What stands on the disk after a kill, before anything mends it."""
        ended = _forked(lambda: self._say(self._state(corpus)), None)
        state = json.loads(self._result.read_text(encoding="utf-8")) if ended == 0 else "broken"
        setattr(found, state, getattr(found, state) + 1)

    def _state(self, corpus: Corpus) -> str:
        for name, known in (("new", corpus), ("old", self._old)):
            if known is None:
                continue
            try:
                index = load_index(known, self._encoder, self._settings.index_dir, check_all=True)
            except IndexMissingError:
                return "none" if self._old is None else "broken"
            except IndexStaleError:
                continue
            kept = self._kept()
            wanted = [np.frombuffer(value, "<f4") for value in kept.take(vector_keys(index.entries))]
            same = np.array_equal(index.store.at(range(len(wanted))), np.array(wanted))
            return name if same else "broken"
        return "broken"

    def _answer(self, corpus: Corpus, found: Kills) -> None:
        """A start as any other: it must find the index as it is, and answer in the words of a document."""
        self._log.write_bytes(b"")
        self._result.unlink(missing_ok=True)
        ended = _forked(lambda: self._ask(corpus), None)
        well = ended == 0 and json.loads(self._result.read_text(encoding="utf-8")) and not self._log.stat().st_size
        found.answers += bool(well)
        found.broken += not well

    def _ask(self, corpus: Corpus) -> None:
        said: list[str] = []
        answerer = open_answerer(self._settings, notify=said.append, encoder=self._encoder)
        passage = self._chance.choice([p for p in answerer.corpus.passages if p.sentences])
        answer = answerer.ask(passage.text)
        right = any(found.text == passage.text for found in answer.passages)
        self._say(not said and right and answerer.corpus.notices == corpus.notices)

    def _say(self, value: object) -> None:
        self._result.write_text(json.dumps(value), encoding="utf-8")

    def _write(self, place: int) -> None:
        self._number += 1
        (self._settings.content_dir / f"通知{place}.txt").write_text(self._text(f"第{self._number}号"), "utf-8")

    def _text(self, name: str) -> str:
        lines = (
            "".join(self._chance.sample(_WORDS, self._chance.randint(3, 7))) + "。" for _ in range(self._sentences)
        )
        return f"关于{name}的通知\n\n" + "\n".join(lines) + "\n"


def _forked(job: Callable[[], object], after: float | None) -> int:
    """How a job in a process of its own ended: 0, 1 for an error, or minus the signal."""
    child = os.fork()
    if not child:
        status = 1
        try:
            job()
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(status)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
