from pathlib import Path

import outing
import pytest
from bigram import BigramEncoder

from assistant import opening
from assistant.opening import open_answerer
from assistant.settings import Settings
from content.candidates import CandidateStore
from evals.renewal import apart, measure_renewal


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setattr(opening, "load_encoder", lambda name, cache, adapter: BigramEncoder())
    content = outing.write(tmp_path / "通知")
    return Settings(content, tmp_path / "索引", tmp_path / "缓存", "bigram", None, True, tmp_path / "数据")


def test_what_is_accepted_is_in_use_and_nothing_of_the_users_changes(settings: Settings) -> None:
    before = open_answerer(settings).retriever.index
    with apart(settings) as own:
        assert own.index_dir != settings.index_dir
        found = measure_renewal(own, open_answerer(own), 2)
        assert own.data_dir is not None
        assert [one.proposed_by for one in CandidateStore(own.data_dir).all()] == ["notice-evals"] * 2
    assert (len(found.seconds), found.failed) == (2, 0)
    assert found.entries == len(before.entries) + 2
    assert min(found.seconds) > 0
    assert not (settings.index_dir.parent / "数据").exists()
    assert opening.build(settings).corpus == before.corpus
