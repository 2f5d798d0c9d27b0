from content.line import lines_of
from content.notice import parse_notice
from content.passage import cut
from content.piece import cells_of, row_span


def test_a_row_keeps_its_empty_cells_at_both_ends() -> None:
    table = "| 单位 | 姓名 | 职务 |\n| 教育局 | 张三 | 局长 |\n|  | 李四 | |\n"
    rows = [p for p in cut(parse_notice(f"关于名单的通知\n{table}", "a")) if p.kind == "row"]
    assert [cells_of(row.text) for row in rows] == [
        ["单位", "姓名", "职务"], ["教育局", "张三", "局长"], ["", "李四", ""],
    ]  # fmt: skip


def test_the_words_of_a_row_without_spaces() -> None:
    [line] = lines_of("x||a|"[1:])
    assert row_span(line).of(line.text) == "|a"
