"""Ten thousand inputs of every kind against the product: `make fuzz` counts them and saves the counts.

Every input is made from real ones (questions, claims, sheets, documents, index files, requests) by mangling. A fault is
an answer of 500 and above, anything logged as an error, an exception, a traceback or a place of this machine in what a
person gets, and a quotation that is not verbatim.
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import outing
import pdf_fixture
import pytest
from bigram import BigramEncoder
from page_fixture import HOSTILE
from payloads import PAYLOADS
from starlette.testclient import TestClient
from test_faults import HARMS
from web_fixture import PlainChecker, opened

from assistant.answerer import Answerer
from assistant.application import create_app
from assistant.check_desk import Desk
from content.corpus import Corpus, load_corpus, make_corpus
from content.notice import NoticeError, parse_notice
from index.build import build_index
from index.retriever import Retriever
from index.store import IndexUnusableError, load_index, save_index

ODD = "\u202e\u200b\ufeff\u0000\u0007\u0301\u3000🙂𠮷ﷺ\\`${}<>\"'&%=+-@#/\r\n\t１２三四〇壹①㈠Ⅳ½"
JSON = {"content-type": "application/json"}
INSIDES = ("Traceback", "site-packages", "/assistant/", "secret")


@dataclass
class Tally:
    """Counts of one kind of input."""

    inputs: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    quotations: int = 0
    faults: list[str] = field(default_factory=list)

    def fault(self, what: str, given: object) -> None:
        self.faults.append(f"{what}: {given!r}"[:300])


class Errors(logging.Handler):
    """What was logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        if record.exc_info:
            text += logging.Formatter().formatException(record.exc_info)[-400:]
        self.said.append(text)


class Product:
    """The whole application in this process, and its notices."""

    def __init__(self, http: TestClient, corpus: Corpus, seeds: Sequence[str], desk: Desk) -> None:
        self.http = http
        self.desk = desk
        self.corpus = corpus
        self.texts = {notice.id: notice.text for notice in corpus.notices}
        self.seeds = seeds

    def verbatim(self, tally: Tally, passages: Sequence[dict[str, Any]], given: object) -> None:
        for found in passages:
            text = self.texts[found["citation"]["notice_id"]]
            places = [(found["citation"], found["text"]), *((mark, mark["text"]) for mark in found["highlights"])]
            for place, words in places:
                tally.quotations += 1
                if text[place["start"] : place["end"]] != words:
                    tally.fault("not verbatim", given)


def mangled(text: str, chance: random.Random) -> str:
    """A text with some of what people and programs do to texts."""
    for _ in range(chance.choice([0, 1, 1, 2, 4])):
        at = chance.randrange(len(text) + 1)
        to = min(len(text), at + chance.randrange(12))
        kind = chance.randrange(8)
        if kind == 0:
            text = text[:at] + text[to:]
        elif kind == 1:
            text = text[:at] + "".join(chance.choices(ODD, k=chance.randrange(1, 6))) + text[at:]
        elif kind == 2:
            point = chance.choice([chance.randrange(0xD800), chance.randrange(0xE000, 0x110000)])
            text = text[:at] + chr(point) + text[at:]
        elif kind == 3:
            text = text[:at] + text[at:to] * chance.choice([2, 30]) + text[to:]
        elif kind == 4:
            text = text[:at] + chance.choice(PAYLOADS) + text[at:]
        elif kind == 5:
            text = "".join(chance.sample(text, len(text)))
        elif kind == 6:
            text = text.swapcase()[::-1]
        else:
            text = text[:at]
    return text


def broken(data: bytes, chance: random.Random) -> bytes:
    """Bytes with some of what happens to files."""
    for _ in range(chance.choice([0, 1, 1, 2, 6])):
        at = chance.randrange(len(data) + 1)
        kind = chance.randrange(5)
        if kind == 0:
            data = data[:at]
        elif kind == 1:
            data = data[:at] + chance.randbytes(chance.randrange(1, 40)) + data[at:]
        elif kind == 2:
            data = data[:at] + chance.randbytes(min(len(data) - at, chance.randrange(1, 9))) + data[at + 8 :]
        elif kind == 3 and at < len(data):
            data = data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
        else:
            data = data[:at] + data[: chance.randrange(200)] + data[at:]
    return data


def _sent(product: Product, tally: Tally, errors: Errors, given: object, send: Callable[[], Any]) -> Any:
    """A response held to what every response must be; None where there is none."""
    tally.inputs += 1
    errors.said.clear()
    try:
        response = send()
    except Exception as error:
        tally.fault(f"{type(error).__name__}: {error}", given)
        return None
    tally.outcomes[str(response.status_code)] += 1
    if response.status_code >= 500 and response.status_code != 503:
        tally.fault(f"{response.status_code} {response.text[:80]} {errors.said[-1:]}", given)
    elif errors.said:
        tally.fault(f"logged: {errors.said[-1]}", given)
    if any(word in response.text for word in INSIDES) and "octet" not in response.headers.get("content-type", ""):
        shown = str(given)
        if not any(word in shown for word in INSIDES):
            tally.fault("insides shown", given)
    return response


def fuzz_questions(product: Product, errors: Errors, tally: Tally, chance: random.Random) -> None:
    question = mangled(chance.choice(product.seeds), chance)
    body = {"question": question, "k": chance.choice([1, 5, 5, 50]), "as_typed": chance.random() < 0.3}
    data = json.dumps(body, ensure_ascii=True).encode()
    response = _sent(product, tally, errors, body, lambda: product.http.post("/api/ask", content=data, headers=JSON))
    if response is not None and response.status_code == 200:
        product.verbatim(tally, response.json()["passages"], body)


def fuzz_claims(product: Product, errors: Errors, tally: Tally, chance: random.Random) -> None:
    body = {"claim": mangled(chance.choice(product.seeds), chance)}
    data = json.dumps(body, ensure_ascii=True).encode()
    response = _sent(product, tally, errors, body, lambda: product.http.post("/api/check", content=data, headers=JSON))
    if response is not None and response.status_code == 200:
        product.verbatim(tally, response.json()["evidence"], body)


def _sheet(chance: random.Random, seeds: Sequence[str]) -> tuple[bytes, str]:
    """A sheet of answers as one of the kinds that are read, and its name."""
    cells = [[mangled(chance.choice(seeds), chance)[:300] for _ in range(chance.randrange(1, 4))] for _ in range(4)]
    rows = [["问题", "答案", "备注"][: len(cells[0])], *cells]
    kind = chance.choice([".xlsx", ".csv", ".docx", ".txt", ".tsv"])
    out = io.BytesIO()
    if kind == ".xlsx":
        import openpyxl

        book = openpyxl.Workbook()
        for row in rows:
            clean = ["".join(c for c in cell if c in "\n\t" or 32 <= ord(c) < 0xFFFE) for cell in row]
            book.active.append([f"'{c}" if c[:1] in "=" else c for c in clean])
        book.save(out)
    elif kind == ".docx":
        import docx

        document = docx.Document()
        for row in rows:
            document.add_paragraph("".join(c for c in "：".join(row) if c in "\n\t" or 32 <= ord(c) < 0xFFFE))
        document.save(out)
    else:
        encoding = chance.choice(["utf-8", "utf-8-sig", "gb18030", "utf-16"])
        separator = {".csv": ",", ".tsv": "\t", ".txt": "\n"}[kind]
        text = "\n".join(separator.join(json.dumps(c, ensure_ascii=False) for c in row) for row in rows)
        out.write(text.encode(encoding, "replace"))
    return out.getvalue(), mangled("答卷", chance)[:80].replace("\0", "") + kind


def fuzz_sheets(product: Product, errors: Errors, tally: Tally, chance: random.Random) -> None:
    data, name = _sheet(chance, product.seeds)
    data = broken(data, chance) if chance.random() < 0.5 else data
    if chance.random() < 0.2:
        name += chance.choice([".xlsx", ".docx", ".csv", ".pdf", ".doc", "/../x.txt", "\\x.csv", "."])
    where = f"/check/sheet?name={quote(name, safe='', errors='replace')}"
    response = _sent(product, tally, errors, (name, data[:60]), lambda: product.http.post(where, content=data))
    if response is None or response.status_code != 200:
        return
    job = response.json()["job"]
    for done in product.desk.run(product.desk.job(job)):
        if done.state == "failed":
            tally.fault(f"could not be checked {errors.said[-1:]}", name)
    for path in (f"/check/{job}/rows", f"/check/{job}/results.xlsx", f"/check/{job}/results.docx"):
        tally.inputs -= 1
        _sent(product, tally, errors, (path, name), lambda path=path: product.http.get(path))


def fuzz_documents(product: Product, errors: Errors, tally: Tally, chance: random.Random) -> None:
    import docx

    text = mangled(chance.choice([outing.TEXT, HOSTILE, *product.texts.values()])[:3000], chance)
    kind = chance.choice([".txt", ".md", ".html", ".docx", ".pdf"])
    if kind == ".docx":
        out = io.BytesIO()
        document = docx.Document()
        for line in text.split("\n"):
            document.add_paragraph("".join(c for c in line if 32 <= ord(c) < 0xFFFE and not 0xD800 <= ord(c) < 0xE000))
        document.save(out)
        data = out.getvalue()
    elif kind == ".pdf":
        lines = [line[:40] for line in text.split("\n") if line][:20]
        data = pdf_fixture.pdf([(80, 780 - 24 * n, 12, line) for n, line in enumerate(lines)])
    else:
        data = text.encode(chance.choice(["utf-8", "gb18030", "utf-16"]), "replace")
        data = b"<html><body><p>" + data.replace(b"\n", b"</p><p>") if kind == ".html" else data
    data = broken(data, chance) if chance.random() < 0.5 else data
    tally.inputs += 1
    errors.said.clear()
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"文件{kind}").write_bytes(data)
        try:
            corpus = load_corpus(Path(folder), with_bank=False)
        except NoticeError as error:
            tally.outcomes["refused"] += 1
            if "Traceback" in str(error) or "\n" in str(error):
                tally.fault("no one sentence", error)
            return
        except Exception as error:
            tally.fault(f"{type(error).__name__}: {error}", (kind, data[:80]))
            return
    tally.outcomes["read"] += 1
    if errors.said:
        tally.fault(f"logged: {errors.said[-1]}", (kind, data[:80]))
    for passage in corpus.passages:
        whole = corpus.notice(passage.notice_id).text
        tally.quotations += 1 + len(passage.sentences)
        if passage.span.of(whole) != passage.text or any(not passage.span.contains(s) for s in passage.sentences):
            tally.fault("passage not verbatim", data[:80])


class Index:
    """A small index on disk that is harmed again and again."""

    def __init__(self, folder: Path) -> None:
        self.encoder, self.corpus, self.folder = BigramEncoder(), outing.corpus(), folder / "intact"
        save_index(build_index(self.corpus, self.encoder), self.encoder, self.folder)
        self.wanted = self.search(self.folder)

    def search(self, folder: Path) -> Any:
        found = load_index(self.corpus, self.encoder, folder)
        return Retriever(found, self.encoder).search_many(["几点出发？", "要交钱吗"], 5)

    def fuzz(self, product: Product, errors: Errors, tally: Tally, chance: random.Random) -> None:
        tally.inputs += 1
        copy = self.folder.with_name("harmed")
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.folder, copy)
        for _ in range(chance.choice([1, 1, 2, 4])):
            files = sorted(path for path in copy.rglob("*") if path.is_file())
            chance.choice(HARMS)(chance.choice(files), chance)
        try:
            found = self.search(copy)
        except IndexUnusableError:
            tally.outcomes["refused"] += 1
        except Exception as error:
            tally.fault(f"{type(error).__name__}: {error}", copy)
        else:
            tally.outcomes["answered"] += 1
            if found != self.wanted:
                tally.fault("answers differ", copy)


_PATHS = (
    *("/api/ask", "/api/check", "/api/documents", "/api/documents/x", "/mcp", "/check/sheet", "/check/x/rows"),
    *("/healthz", "/readyz", "/metrics", "/page/page.js", "/sign-in", "/api/openapi.json", "/gradio_api/queue/join"),
)


def fuzz_api(product: Product, errors: Errors, tally: Tally, chance: random.Random) -> None:
    def value(depth: int = 0) -> Any:
        kind = chance.randrange(9 if depth < 3 else 6)
        if kind < 3:
            return mangled(chance.choice(product.seeds), chance)
        if kind == 3:
            return chance.choice([None, True, False, 0, -1, 10**30, 1.5, -0.0])
        if kind < 6:
            return chance.choice([*ODD])
        if kind < 8:
            names = ["question", "k", "as_typed", "claim", "method", "params", "id", "jsonrpc", "name", "data", "x"]
            return {chance.choice(names): value(depth + 1) for _ in range(chance.randrange(4))}
        return [value(depth + 1) for _ in range(chance.randrange(4))]

    method = chance.choice(["GET", "POST", "POST", "POST", "PUT", "DELETE", "OPTIONS", "HEAD", "PATCH"])
    path = chance.choice(_PATHS)
    if chance.random() < 0.4:
        path = "/" + quote(mangled(path[1:], chance), safe="/?=&", errors="replace")
    body = json.dumps(value()).encode() if chance.random() < 0.7 else chance.randbytes(chance.randrange(300))
    if chance.random() < 0.3:
        body = broken(body, chance)
    headers = {"content-type": chance.choice(["application/json", "text/plain", "multipart/form-data", "x"])}
    headers |= {"accept": chance.choice(["application/json", "text/html", "application/json, text/event-stream"])}
    send = lambda: product.http.request(method, path, content=body, headers=headers)  # noqa: E731
    _sent(product, tally, errors, (method, path, body[:80]), send)


KINDS = {
    "questions": fuzz_questions,
    "claims": fuzz_claims,
    "sheets": fuzz_sheets,
    "documents": fuzz_documents,
    "api": fuzz_api,
}
PLAN = {"questions": 3000, "claims": 1500, "sheets": 2000, "documents": 1500, "index": 800, "api": 2500}


def fuzz(counts: dict[str, int], real: bool = False, seed: int = 0) -> dict[str, Tally]:
    """So many inputs of each kind; with `real` against the real encoder and reader."""
    errors = Errors()
    root = logging.getLogger()
    root.addHandler(errors)
    tallies = {kind: Tally() for kind in counts}
    try:
        with tempfile.TemporaryDirectory() as folder:
            hostile = parse_notice(HOSTILE, "hostile")
            packaged = load_corpus()
            seeds = [q.text for bank in packaged.questions for q in bank][:2000]
            seeds += [passage.text for passage in packaged.passages] + list(PAYLOADS)
            if real:
                from assistant.opening import open_answerer, open_checker
                from evals.opening import packaged_settings

                settings = packaged_settings()
                answerer = open_answerer(settings)
                checker: Any = open_checker(settings, answerer)
            else:
                encoder = BigramEncoder()
                corpus = make_corpus((*load_corpus(with_bank=False).notices, hostile))
                answerer = Answerer(Retriever(build_index(corpus, encoder), encoder))
                checker = PlainChecker(answerer)  # type: ignore[arg-type]
            desk = Desk(checker)
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("assistant.application.Desk", lambda _: desk)  # so that its jobs can be run here
                app = create_app(answerer, [], checker=checker, page=False)
            with opened(app) as http:
                product, index = Product(http, answerer.corpus, seeds, desk), Index(Path(folder))
                for kind, count in counts.items():
                    chance = random.Random(f"{kind}-{seed}")
                    act = index.fuzz if kind == "index" else KINDS[kind]
                    for _ in range(count):
                        act(product, errors, tallies[kind], chance)
    finally:
        root.removeHandler(errors)
    return tallies


def main() -> None:
    """Run the plan, in whole or in part, print and save the counts; exit status 1 where there is a fault."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", action="append", choices=list(PLAN), help="only this kind; may be repeated")
    parser.add_argument("--share", type=float, default=1.0, help="of the plan")
    parser.add_argument("--real", action="store_true", help="the real encoder and reader")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save", action="store_true", help="into evals/results")
    given = parser.parse_args()
    from evals.provenance import provenance
    from evals.record import RESULTS, plain, write_json

    began = provenance(None)
    counts = {kind: max(1, int(PLAN[kind] * given.share)) for kind in given.kind or PLAN}
    tallies = fuzz(counts, given.real, given.seed)
    for kind, tally in tallies.items():
        print(f"{kind}: {tally.inputs} inputs, {dict(tally.outcomes)}, {tally.quotations} quotations", flush=True)
        for fault in tally.faults[:10]:
            print(f"  FAULT {fault}")
    from dataclasses import asdict

    body = {
        "inputs": sum(tally.inputs for tally in tallies.values()),
        "faults": sum(len(tally.faults) for tally in tallies.values()),
        "quotations": sum(tally.quotations for tally in tallies.values()),
        "real": given.real,
        "seed": given.seed,
        "kinds": plain({kind: {**asdict(tally), "outcomes": dict(tally.outcomes)} for kind, tally in tallies.items()}),
        "provenance": plain(asdict(began)),
    }
    if given.save:
        when = began.started_at[:19].replace("-", "").replace(":", "")
        print(write_json(body, RESULTS, f"fuzz-{when}"))
    sys.exit(1 if body["faults"] else 0)


if __name__ == "__main__":
    main()
