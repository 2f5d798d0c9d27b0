import outing
from test_cli_check import Stand

from assistant.check import Checker
from assistant.current import Current
from assistant.current_checks import CurrentChecks
from content.corpus import make_corpus
from content.notice import parse_notice

OTHER = outing.TEXT.replace("春游不收费", "秋游要收费").replace("春游", "秋游")


def test_claims_are_held_against_the_documents_in_use() -> None:
    current = Current(outing.answerer())
    first = Checker(outing.answerer(), Stand())  # type: ignore[arg-type]
    checks = CurrentChecks(current, first)
    assert checks.now is first
    assert checks.check("春游不收费。").statements[0].evidence[0].citation.notice_id == "春游"
    current.change(lambda _: outing.answerer(make_corpus((parse_notice(OTHER, "秋游"),))))
    assert checks.now is not first
    assert checks.now is checks.now
    assert [notice.id for notice in checks.corpus.notices] == ["秋游"]
    (verdict,) = checks.check_many(["秋游要收费，午餐自备。"])
    assert verdict.statements[0].evidence[0].citation.notice_id == "秋游"
