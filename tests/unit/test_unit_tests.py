"""What is made of the words in which dbt tells that a unit test failed. The words are dbt's own."""

from __future__ import annotations

import pytest

from segpy.warehouse.model import Difference
from segpy.warehouse.unit_tests import differences

ARROWS = """

actual differs from expected:

@@,s__member,n  ,t                      ,z       ,q
→ ,True     ,4→5,"a,""b""→c→a,""b""→c
d",5.0→NULL,0.1
"""
ROWS = """
actual differs from expected:

@@ ,s__member,t         ,w                                                ,d                         ,z
+++,true     ,abc       ,"datetime.datetime(2026, 1, 1, 10, 0, 0, 500000)","datetime.date(2026, 1, 1)",null
---,false    ,"a, 'b' c","datetime.datetime(2026, 1, 2, 0, 0)"            ,"datetime.date(2026, 1, 1)",Decimal('1.25')
"""


def test_arrows_show_what_differs() -> None:
    assert differences(ARROWS) == (
        Difference("n", "4", "5"),
        Difference("t", 'a,"b"', 'c→a,"b"→c\nd'),  # where a text itself has arrows, the first is taken
        Difference("z", "5.0", "null"),
    )


def test_two_rows_show_it_where_all_differs() -> None:
    assert differences(ROWS) == (
        Difference("s__member", "false", "true"),
        Difference("t", "a, 'b' c", "abc"),
        Difference("w", "2026-01-02 00:00:00", "2026-01-01 10:00:00.500000"),
        Difference("z", "1.25", "null"),
    )


@pytest.mark.parametrize(
    "message",
    ["", "Runtime Error\n  Parser Error: syntax error", "@@,a\n", "@@,a\n+++,1\n", "@@,a\n→,1,2\n", "@@\n..."],
)
def test_what_is_not_understood_is_left_to_dbt(message: str) -> None:
    assert differences(message) == ()
