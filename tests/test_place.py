from pathlib import Path

import pytest

from index.engine import AddressError, Place, choose_place, make_place


@pytest.mark.parametrize("bad", ["milvus", "ftp://x", "vectors.faiss", "http//x"])
def test_no_address(bad: str) -> None:
    with pytest.raises(AddressError, match="向量的存放处应是 faiss"):
        make_place(bad)


def test_addresses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert make_place("http://x:19530/").uri == "http://x:19530"
    assert make_place("v.db").uri == str(tmp_path / "v.db")
    assert make_place("faiss").is_local
    with pytest.raises(AddressError, match="NOTICE_ASSISTANT_VECTORS_TOKEN"):
        make_place("http://root:secret@x:19530")
    with pytest.raises(AddressError, match="至少是 1"):
        Place("http://x:1", replicas=0)


def test_what_is_not_said_stays_as_it_is() -> None:
    here, there = Place("faiss"), Place("http://x:1", "", 2)
    assert choose_place(here, None, "t", 3) == Place("faiss", "t")
    assert choose_place(there, None, "t", None) == Place("http://x:1", "t", 2)
    assert choose_place(there, "faiss", "", None) == here
    assert choose_place(there, "http://x:1", "", 1) == Place("http://x:1")
    assert choose_place(there, "http://y:1", "", None) == Place("http://y:1")
