"""What is said of segments that could be one, or could go."""

from __future__ import annotations

from datetime import datetime

from tests.cases.runner import compile_spec
from tests.cases.tables import Table, quoted
from tests.kept.warehouse import opened

SPEC = """
entities:
  user: {key: user_id, attributes: {relation: ref('users'), columns: {keen: boolean, rich: boolean, old: boolean}}}
segments:
  keen: {entity: user, all: [{attribute: keen}], playbook: {channel: mail}}
  rich: {entity: user, all: [{attribute: rich}], playbook: {channel: mail}, size: {at_least: 30, at_most: 60}}
  old: {entity: user, all: [{attribute: old}], size: {at_most: 90%}}
"""


def said(spec: str, *saved: tuple[str, str], inputs: tuple[Table, ...] = ()) -> list[tuple[object, ...]]:
    """Of 40, 25 are keen, 23 of them rich, and 4 others old. `saved` are tables of results, and what they hold."""
    people = tuple((f"u{i}", *(str(one).lower() for one in (i < 25, i < 23, i > 35))) for i in range(40))
    columns = {"user_id": "text", "keen": "boolean", "rich": "boolean", "old": "boolean"}
    with opened() as warehouse:
        warehouse.fill([Table("users", columns, people), *inputs])
        warehouse.run(compile_spec(spec), datetime(2026, 3, 1))
        for model, rows in saved:
            warehouse.connection.execute(f"insert into {quoted(warehouse.relations[model])} by name ({rows})")
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


def compared(*rows: str) -> tuple[str, str]:
    """What `segpy drift` saved: of a segment and feature, by which run until which day, the index and its chance."""
    days = "timestamp '2026-02-01' + to_days({0}) as {1}".format
    rows_told = f"(values {', '.join(rows)}) as t (segment, about, run, last, index_found, chance)"
    told = f"select *, {days('run', 'as_of')}, {days('last', 'last_at')} from {rows_told}"
    one = "select 'drift' as command, 'user' as entity, segment, about, as_of, last_at, cast(last_at as text) as place"
    return "segment_statistics", (
        f"{one}, 'psi' as figure, index_found as estimate from ({told}) union all "
        f"{one}, 'psi_by_chance' as figure, chance as estimate from ({told}) union all "
        f"select * replace ('stays' as command) from ({one}, 'psi' as figure, 9.0 as estimate from ({told}))"
    )


def drifted(*rows: str, limit: str = "") -> list[tuple[object, object]]:
    found = said(limit + SPEC, compared(*rows))
    return [(segment, words) for segment, _, reason, _, words in found if reason == "drifted"]


def test_who_drifted_is_told_by_what_drifted_most() -> None:
    """Of the last run and its last instant; beyond 0.1, and beyond chance."""
    others = "its members are others than they were, by "
    assert drifted("('keen', 'a', 1, 1, 0.2, 0.1)", "('keen', 'b', 1, 1, 0.3, 0.1)") == [("keen", f"{others}b")]
    assert drifted("('keen', 'b', 1, 1, 0.2, 0.1)", "('keen', 'a', 1, 1, 0.2, 0.1)") == [("keen", f"{others}a")]
    assert drifted("('keen', 'a', 1, 1, 0.1, 0.05)", "('keen', 'b', 1, 1, 0.3, 0.3)") == []
    assert drifted("('keen', 'a', 1, 1, 0.2, 0.1)", "('keen', 'b', 2, 2, 0.1, 0.1)") == []
    assert drifted("('keen', 'a', 2, 1, 0.2, 0.1)", "('keen', 'a', 2, 2, 0.1, 0.1)") == []
    assert drifted("('keen', 'a', 2, 1, 0.1, 0.1)", "('keen', 'a', 2, 2, 0.2, 0.1)") == [("keen", f"{others}a")]
    assert drifted("('gone', 'a', 1, 1, 0.2, 0.1)") == [], "there is no such segment any more"
    assert drifted("('keen', 'a', 60, 1, 0.2, 0.1)") == [], "a run of a time that is not there yet"
    assert drifted("('keen', 'a', 1, 1, null, null)") == []


def test_drift_goes_by_the_limit_of_the_portfolio() -> None:
    row = "('keen', 'a', 1, 1, 0.2, 0.1)"
    assert drifted(row, limit="portfolio: {max_drift: 0.2}\n") == []
    assert len(drifted(row, limit="portfolio: {max_drift: 0.19}\n")) == 1


OUTCOMES = """
streams: {app: {relation: ref('events'), entity: {user: user_id}, occurred_at: at, event: name}}
events: {order: {stream: app, is: order}}
outcomes: {ordered: {did: order, within: 2 days}}
"""


def too_few(*rows: str) -> list[tuple[object, object]]:
    """What `segpy backtest` saved: of a segment and figure, by which run, n and the estimate."""
    told = f"select *, timestamp '2026-02-01' + to_days(run) as as_of, 'all' as place from (values {', '.join(rows)})"
    saved = f"select * exclude (run) from ({told} as t (segment, outcome, figure, run, n, estimate))"
    events = Table("events", {"user_id": "text", "at": "timestamp", "name": "text"}, ())
    found = said(SPEC + OUTCOMES, ("segment_backtests", saved), inputs=(events,))
    return [(segment, words) for segment, _, reason, _, words in found if reason == "too_few_to_tell"]


def test_too_few_to_tell() -> None:
    """As the last look back of a segment says."""
    words = "a hold-out of its 25 members would tell nothing: it takes 1235"
    assert too_few("('keen', 'ordered', 'members_needed', 1, 25, 1234.6)") == [("keen", words)]
    assert too_few("('keen', 'ordered', 'members_needed', 1, 25, 25.0)") == []
    assert too_few("('keen', 'ordered', 'smallest_uplift', 1, 25, 90.0)") == []
    newer = "('keen', 'ordered', 'members_needed', 2, 25, 20.0)"
    assert too_few("('keen', 'ordered', 'members_needed', 1, 25, 1234.0)", newer) == []
    assert too_few("('gone', 'ordered', 'members_needed', 1, 25, 1234.0)") == []
