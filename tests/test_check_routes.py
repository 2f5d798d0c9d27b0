import http.client
import io
import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from openpyxl import load_workbook
from page_fixture import serving

from assistant.check_routes import LARGEST_UPLOAD
from assistant.guard import LARGEST_BODY


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving("real notice, checker") as address:
        yield address


def _call(url: str, data: bytes | None = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(url, data, headers)
    try:
        with urllib.request.urlopen(request, timeout=120) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, response.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {k.lower(): v for k, v in error.headers.items()}, error.read()


def _json(url: str, data: bytes | None = None) -> Any:
    return json.loads(_call(url, data)[2])


def test_text_and_files_are_taken(address: str) -> None:
    taken = _json(f"{address}/check/sheet", "一句话。\n又一句话。".encode())
    assert (taken["state"], taken["done"], taken["total"], taken["problems"]) == ("waiting", 0, 2, [])
    assert _json(f"{address}/check/sheet?name={quote('答卷.csv')}", "答案\n一句话\n".encode("gb18030"))["total"] == 1
    waiting = _json(f"{address}/check/{taken['job']}/rows")
    assert (waiting["rows"], waiting["state"]) == ([], "waiting")
    assert _call(f"{address}/check/{taken['job']}/stop", b"")[0] == 204


def test_what_cannot_be_read_is_said_in_both_languages(address: str) -> None:
    status, headers, body = _call(f"{address}/check/sheet?name=a.xlsx", b"\x89PNG" + b"\0" * 99)
    assert (status, headers["cache-control"]) == (422, "no-store")
    assert json.loads(body)["error"]["zh"].startswith("这是图片")
    assert json.loads(body)["error"]["en"].startswith("This is a picture")
    assert _call(f"{address}/check/sheet", b"")[0] == 422


def test_results_come_as_files_that_are_not_kept(address: str) -> None:
    job = _json(f"{address}/check/sheet", "一句话".encode())["job"]
    status, headers, body = _call(f"{address}/check/{job}/results.xlsx")
    assert (status, headers["cache-control"], headers["x-content-type-options"]) == (200, "no-store", "nosniff")
    assert headers["content-disposition"].endswith("filename*=UTF-8''%E6%A0%B8%E5%AF%B9%E7%BB%93%E6%9E%9C.xlsx")
    assert load_workbook(io.BytesIO(body)).sheetnames == ["核对结果", "合计"]
    assert _call(f"{address}/check/{job}/results.docx")[2].startswith(b"PK")
    assert _call(f"{address}/check/{job}/results.exe")[0] == 404


def test_a_job_that_is_not_there_is_gone(address: str) -> None:
    for path in ("rows", "results.docx"):
        status, _, body = _call(f"{address}/check/nothing/{path}")
        assert status == 404
        assert json.loads(body)["error"]["zh"] == "这次核对的结果已经清除，请重新核对。"
    assert _call(f"{address}/check/nothing/stop", b"")[0] == 404


def test_other_sites_cannot_start_a_check(address: str) -> None:
    status, _, _ = _call(f"{address}/check/sheet", b"x", **{"Sec-Fetch-Site": "cross-site"})
    assert status == 403


@pytest.mark.parametrize(
    ("path", "length", "status"),
    [
        ("/check/sheet?name=a.txt", LARGEST_UPLOAD + 1, 413),
        ("/check/x/stop", LARGEST_BODY + 1, 413),
        ("/check//sheet", LARGEST_BODY + 1, 413),
        ("/check/sheet", None, 411),
    ],
)
def test_only_a_sheet_may_be_large(address: str, path: str, length: int | None, status: int) -> None:
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=60)
    connection.putrequest("POST", path)
    if length is not None:
        connection.putheader("Content-Length", str(length))
    connection.endheaders()
    assert connection.getresponse().status == status
    connection.close()


def test_gradios_own_uploads_stay_shut(address: str) -> None:
    assert _call(f"{address}/gradio_api/upload", b"x")[0] == 404


def test_without_a_checker_there_are_no_such_doors() -> None:
    with serving() as address:
        assert _call(f"{address}/check/sheet", "一句话".encode())[0] in (404, 405)
        assert _call(f"{address}/check/x/rows")[0] == 404
