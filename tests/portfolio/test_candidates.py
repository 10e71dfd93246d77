"""What is said of segments that could be one, or could go."""

from __future__ import annotations

from datetime import datetime

from tests.cases.runner import compile_spec
from tests.cases.tables import Table
from tests.kept.warehouse import opened

SPEC = """
entities:
  user: {key: user_id, attributes: {relation: ref('users'), columns: {keen: boolean, rich: boolean, old: boolean}}}
segments:
  keen: {entity: user, all: [{attribute: keen}], playbook: {channel: mail}}
  rich: {entity: user, all: [{attribute: rich}], playbook: {channel: mail}, size: {at_least: 30, at_most: 60}}
  old: {entity: user, all: [{attribute: old}], size: {at_most: 90%}}
"""


def said(spec: str) -> list[tuple[object, ...]]:
    """Of 40, 25 are keen, 23 of them rich, and 4 others old."""
    rows = tuple((f"u{i}", *(str(one).lower() for one in (i < 25, i < 23, i > 35))) for i in range(40))
    columns = {"user_id": "text", "keen": "boolean", "rich": "boolean", "old": "boolean"}
    with opened() as warehouse:
        warehouse.fill([Table("users", columns, rows)])
        warehouse.run(compile_spec(spec), datetime(2026, 3, 1))
        found = warehouse.rows("segment_candidates")
    names = ("segment", "action", "reason", "other_segment", "words")
    return sorted(tuple(row[name] for name in names) for row in found)


NO_PLAYBOOK = ("old", "prune", "no_playbook", None, "nothing says what is done with its members")
TOO_SMALL = ("rich", "prune", "too_small", None, "it promises more than its 23 members")


def test_each_reason_has_its_words() -> None:
    alike = ("keen", "merge", "alike", "rich", "92 % of those in it or in rich are in both")
    assert said(SPEC) == [alike, NO_PLAYBOOK, TOO_SMALL]
    assert said(f"portfolio: {{max_overlap: 0.93}}\n{SPEC}") == [NO_PLAYBOOK, TOO_SMALL]


def test_what_is_withheld_is_no_reason() -> None:
    """Two are keen and not rich: with three as the least, their overlap is withheld; sizes are not."""
    assert said(f"privacy: {{min_cell_size: 3}}\n{SPEC}") == [NO_PLAYBOOK, TOO_SMALL]
    assert said(f"privacy: {{min_cell_size: 30}}\n{SPEC}") == [NO_PLAYBOOK]
