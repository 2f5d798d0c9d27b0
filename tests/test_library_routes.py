"""The addresses of the tab 通知库: what they take, what they refuse, and whom."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import library_fixture
import pytest
from library_fixture import DUTY, settled
from pdf_fixture import pdf
from starlette.testclient import TestClient
from test_users import CHEAP, PASSWORD
from web_fixture import opened

from assistant.access import Access
from assistant.application import create_app
from assistant.guard import LARGEST_BODY
from assistant.library_desk import IndexState, LibraryDesk
from assistant.library_tab import library_tab
from assistant.users import Role, Users
from content.source.registry import LARGEST

ADDRESSES = [
    ("GET", "/library/documents"),
    ("GET", "/library/state"),
    ("POST", "/library/file?name=a.txt"),
    ("POST", "/library/remove"),
    ("POST", "/library/refresh"),
]


@pytest.fixture
def desk(tmp_path: Path) -> LibraryDesk:
    return library_fixture.desk(tmp_path / "库")


def application(desk: LibraryDesk, access: Access | None = None) -> Any:
    return create_app(desk.current, [], tabs=(library_tab(desk),), page=False, access=access)


@pytest.fixture
def http(desk: LibraryDesk) -> Iterator[TestClient]:
    with opened(application(desk)) as http:
        yield http


def put(http: TestClient, name: str, data: bytes, **headers: str) -> tuple[int, Any]:
    answer = http.post("/library/file", params={"name": name}, content=data, headers=headers)
    return answer.status_code, answer.json()


def test_a_file_goes_in_and_out_again(http: TestClient, desk: LibraryDesk) -> None:
    assert [(one["id"], one["own"]) for one in http.get("/library/documents").json()["documents"]] == [("春游", True)]
    status, added = put(http, "值班.txt", DUTY.encode())
    assert (status, added["title"], added["new"], added["notes"]) == (200, "关于假期值班的通知", True, [])
    assert added["index"]["state"] == "renewing"
    assert settled(desk) is IndexState.READY
    shown = {one["id"]: one for one in http.get("/library/documents").json()["documents"]}
    assert shown["值班"] == {
        "id": "值班",
        "title": "关于假期值班的通知",
        "issuer": "光明小学",
        "date": "2024-09-28",
        "number": None,
        "kind": "通知",
        "passages": 5,
        "own": True,
    }
    assert (
        http.post("/api/ask", json={"question": "假期谁值班"}).json()["passages"][0]["citation"]["notice_id"] == "值班"
    )
    assert put(http, "值班.txt", DUTY.encode())[1]["new"] is False
    assert http.post("/library/remove", json={"id": "值班"}).json()["state"] == "renewing"
    assert settled(desk) is IndexState.READY
    assert [one["id"] for one in http.get("/library/documents").json()["documents"]] == ["春游"]
    assert http.get("/library/state").json()["state"] == "ready"


def bomb() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 600_000_000)
    return packed.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("扫描.pdf", pdf([]), "扫描"),
        ("密.pdf", pdf([(72, 700, 12, "关于值班的通知")], encrypted=True), "文件已加密"),
        ("假.pdf", DUTY.encode(), "文件名以 .pdf 结尾，内容却是文本"),
        ("假.txt", b"%PDF-1.7 x", "文件名以 .txt 结尾，内容却是PDF"),
        ("坏.docx", b"PK\x03\x04 not a zip", "文件不完整或已损坏"),
        ("表.xlsx", b"PK\x03\x04", "不支持 .xlsx 文件"),
        ("空.txt", b"", "文件里没有文字"),
        ("readme.txt", DUTY.encode(), "是说明文件"),
        ("春游.txt", DUTY.encode(), "库里已有另一份 春游.txt"),
        ("", DUTY.encode(), "文件名不能为空"),
        ("..", DUTY.encode(), "文件名不能为空"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_sentence(
    http: TestClient, desk: LibraryDesk, name: str, data: bytes, said: str
) -> None:
    status, answer = put(http, name, data)
    assert (status, list(answer)) == (422, ["error"])
    assert said in answer["error"]
    assert "/" not in answer["error"].replace("/ ", "")  # no place of this machine
    assert desk.renewing.state is IndexState.READY
    assert [path.name for path in desk.library.folder.iterdir() if not path.name.startswith(".")] == ["春游.txt"]


def test_a_bomb_is_not_opened(http: TestClient) -> None:
    status, answer = put(http, "炸弹.docx", bomb())
    assert status == 422
    assert "可能是压缩炸弹，没有打开" in answer["error"]


def test_a_name_cannot_leave_the_folder(http: TestClient, desk: LibraryDesk) -> None:
    assert put(http, "../../外面.txt", DUTY.encode())[0] == 200
    assert (desk.library.folder / "外面.txt").is_file()
    assert settled(desk) is IndexState.READY


def test_only_files_may_be_large(http: TestClient) -> None:
    too_large = {"content-length": str(LARGEST + 1)}
    assert http.post("/library/file?name=a.txt", headers=too_large, content=b"x").status_code == 413
    large = b"x" * (LARGEST_BODY + 1)
    assert put(http, "大.txt", large)[0] == 200
    assert http.post("/library/remove", content=large).status_code == 413


def test_what_is_no_request_of_the_page_is_refused(http: TestClient) -> None:
    assert http.post("/library/remove", content=b"{}").status_code == 400
    assert http.post("/library/remove", json={"id": 3}).status_code == 400
    assert http.post("/library/remove", json=[]).status_code == 400
    half = b'{"id": "\\ud800"}'  # half a character, which no answer could repeat
    assert http.post("/library/remove", content=half, headers={"content-type": "application/json"}).status_code == 400
    assert http.post("/library/refresh", content=b"x", headers={"content-type": "application/json"}).status_code == 400
    assert http.post("/library/refresh", json={}).json()["state"] == "renewing"
    foreign = {"sec-fetch-site": "cross-site"}
    assert put(http, "值班.txt", DUTY.encode(), **foreign)[0] == 403
    gone = http.post("/library/remove", json={"id": "没有"})
    assert (gone.status_code, gone.json()["error"]) == (422, "库里没有编号为 没有 的文件，请用 list 查看编号。")


def test_a_full_disk_is_said_without_places(
    http: TestClient, desk: LibraryDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: object, file: Path) -> None:
        raise OSError(28, "No space left on device", "/secret/place")

    monkeypatch.setattr("content.library.Library.add", full)
    status, answer = put(http, "值班.txt", DUTY.encode())
    assert (status, answer) == (507, {"error": "写不进通知库，请管理员检查目录权限和磁盘空间。"})


@pytest.mark.parametrize(("method", "path"), ADDRESSES)
def test_behind_sign_in_documents_are_for_trainers(desk: LibraryDesk, tmp_path: Path, method: str, path: str) -> None:
    users = Users(tmp_path / "users.json", CHEAP)
    for role in Role:
        users.add(role.value, PASSWORD, role)
    with opened(application(desk, Access(users, False)), "http://notices.example") as http:

        def ask(name: str | None) -> int:
            key = {"authorization": f"Bearer {users.add_token(name, 'test')}"} if name else {}
            sent: dict[str, Any] = {"json": {"id": "没有"}} if method == "POST" else {}
            return http.request(method, path, headers=key, **sent).status_code

        assert (ask(None), ask("asker")) == (401, 403)
        assert ask("trainer") in (200, 422)
        assert ask("admin") in (200, 422)
    if desk.renewing.state is IndexState.RENEWING:
        settled(desk)


def test_open_to_other_machines_without_sign_in_the_library_can_only_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.server import Serving

    assert Serving().may_change_library
    assert Serving(Access(None, local=True)).may_change_library
    assert not Serving(Access(None, local=False)).may_change_library
    desk = library_fixture.desk(tmp_path / "库", may_change=False)
    with opened(application(desk)) as http:
        assert http.get("/library/documents").json()["may_change"] is False
        monkeypatch.setattr("assistant.library_routes._receive", None)  # nothing of a file is taken first
        status, answer = put(http, "值班.txt", DUTY.encode())
        assert (status, "在服务器上用 add 和 remove" in answer["error"]) == (422, True)
        assert http.post("/library/remove", json={"id": "春游"}).status_code == 422
