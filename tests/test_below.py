"""The service below a path that a proxy gives it."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_users import CHEAP, PASSWORD
from web_fixture import make, opened

from assistant.access import Access, AccessError
from assistant.serve_options import checked_root_path
from assistant.users import Users


@pytest.mark.parametrize("cut_off", [True, False])
def test_every_address_is_below_the_path_whether_the_proxy_cuts_it_off_or_not(cut_off: bool, tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json", CHEAP)
    users.add("a", PASSWORD)
    before = "" if cut_off else "/notices"
    with opened(make(access=Access(users, False), root_path="/notices"), "https://notices.example") as http:
        assert http.get(f"{before}/healthz").json() == {"status": "ok"}
        sent = http.get(f"{before}/api/documents?x=1", headers={"accept": "text/html"})
        assert sent.status_code == 303
        assert sent.headers["location"] == "/notices/sign-in?next=%2Fapi%2Fdocuments%3Fx%3D1"
        form = {"name": "a", "password": PASSWORD, "next": "/?q=x"}
        done = http.post(f"{before}/sign-in", data=form)
        assert (done.status_code, done.headers["location"]) == (303, "/notices/?q=x")
        assert http.get(f"{before}/api/documents").status_code == 200
        # No right hides behind the path a second time.
        for path in ("/metrics", "/notices/metrics", "/notices/notices/metrics", "//notices/metrics"):
            assert http.get(f"https://notices.example{before}{path}").status_code in (403, 404), path


def test_without_one_nothing_changes() -> None:
    with opened(make()) as http:
        assert http.get("/healthz").status_code == 200
        assert http.get("/notices/healthz").status_code == 404


@pytest.mark.parametrize(
    ("typed", "path"), [("", ""), ("/", ""), ("notices", "/notices"), ("/notices/", "/notices"), ("/a/b-1", "/a/b-1")]
)
def test_a_path_as_people_type_it(typed: str, path: str) -> None:
    assert checked_root_path(typed) == path


@pytest.mark.parametrize("typed", ["/通知", "/a b", "http://x/", "/a//b", "/a?b", "/<b>"])
def test_what_is_no_path(typed: str) -> None:
    with pytest.raises(AccessError, match="不是一个路径"):
        checked_root_path(typed)
