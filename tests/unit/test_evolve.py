"""`segpy evolve`: from built features to a spec file whose flags in SQL are the questions' answers in Python."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import duckdb
import pytest

from segpy import evolving, pipeline
from segpy.evolve.model import Wanted
from segpy.evolve.trees import classify, splits
from tests.unit.shop import PROJECT, Segpy, change

pytest.importorskip("sklearn")

SPEC = """\
version: 1
entities:
  user: {key: user_id}
  device: {key: device_id}
streams:
  app:
    relation: ref('app_events')
    entity: {user: user_id, device: device_id}
    occurred_at: event_time
    event: event_name
    properties: {amount: number}
events:
  visited: {stream: app, is: visit}
  order_placed: {stream: app, is: order}
features:
  visits: {entity: user, count: visited}
  visits_30d: {entity: user, count: visited, in_the_last: 30 days}
  spent: {entity: user, sum: order_placed.amount}
  per_order: {entity: user, avg: order_placed.amount}
  last_order: {entity: user, recency: order_placed}
  came: {entity: user, expression: "visits > 0"}
  uses: {entity: device, count: any}
segments:
  buyers: {entity: user, all: [{did: order_placed}]}
"""
AS_OF = "2026-03-10"
FILE = "segments/evolved_user.yml"
_CACHE = "built"


def _events() -> str:
    """Four hundred users: some visit a lot, some buy, half never order, and a heavy tail of what they spend."""
    chance = Random(1)
    lines = ["user_id,device_id,event_name,event_time,amount"]

    def add(user: int, name: str, ago: float, amount: str = "") -> None:
        minutes = int(ago * 1440) + 1
        day, minute = divmod(minutes, 1440)
        month, of_month = divmod(68 - day, 31)  # days since 2026-01-01, in months of 31 days that are long enough
        lines.append(
            f"u{user:03},d{user % 5},{name},2026-{month + 1:02}-{min(of_month + 1, 28):02} "
            f"{(1439 - minute) // 60:02}:{(1439 - minute) % 60:02}:00,{amount}"
        )

    for user in range(400):
        kind = chance.random()
        for _ in range(1 + int(chance.expovariate(0.1 if kind > 0.7 else 0.7))):
            add(user, "visit", chance.uniform(0, 20 if kind > 0.4 else 68))
        for _ in range(0 if kind < 0.5 else 1 + int(4 * chance.random())):
            add(user, "order", chance.uniform(0, 65), f"{chance.lognormvariate(2 + 2 * (kind > 0.8), 1):.2f}")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("evolve") / _CACHE


@pytest.fixture
def built(project: Path, segpy: Segpy, cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose features are built, of which each test has a copy."""
    if not cache.exists():
        (project / "segments/users.yml").write_text(SPEC)
        (project / "seeds/app_events.csv").write_text(_events())
        said = segpy("build", "--as-of", AS_OF)
        assert said.code == 0, said.out + said.err
        shutil.copytree(project, cache)
    shutil.rmtree(project)
    shutil.copytree(cache, project)
    monkeypatch.chdir(project)
    return project


def _rows(project: Path, sql: str) -> list[tuple[object, ...]]:
    with duckdb.connect(str(project / "shop.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def test_flags_in_sql_are_the_answers_in_python(built: Path, segpy: Segpy) -> None:
    """Of everybody, those without a value and those who are held out too."""
    said = segpy("evolve", "--entity", "user", "--clusters", "4", "--out-of-time", "2026-02-15")
    assert (said.code, said.err) == (0, ""), said.err
    assert "4 clusters and " in said.out and "held out, as of 2026-03-10" in said.out and f"wrote {FILE}." in said.out
    assert "out of time, as of 2026-02-15" in said.out
    assert segpy("check").out.endswith("no findings.\n")

    compiled, known = evolving.look(built, None, None, "user", ())
    assert isinstance(known, evolving.Known) and not compiled.failed
    where = pipeline.warehouse_of(built, None, None)
    found = evolving.evolve(where, known, evolving.Asked(Wanted(4, 5, 0), "2026-02-15", (), FILE))
    assert isinstance(found, evolving.Evolved) and found.findings == ()
    assert found.file.text == (built / FILE).read_text(), "the same data and seed make the same file"
    made = found.described.description
    assert {made.features[one.feature].name for one in splits(made.tree)} & {"last_order", "per_order"}

    assert segpy("build", "--as-of", AS_OF).code == 0
    names = [one.name for one in made.features]
    features = _rows(built, f"select user_id, {', '.join(names)} from user_features order by user_id")
    segments = {one.cluster: one.name for one in found.segments}
    flags = _rows(built, f"select user_id, {', '.join(segments.values())} from user_segments order by user_id")
    assert len(flags) == len(features) == 400
    assert any(None in row for row in features)
    for (key, *values), (user, *told) in zip(features, flags, strict=True):
        row = tuple(None if value is None else float(str(value)) for value in values)
        in_python = [cluster == classify(made.tree, row) for cluster in segments]
        assert (key, in_python) == (user, told)
    sizes = {one.name: found.described.counts[one.cluster] for one in found.segments}
    assert (
        dict(_rows(built, "select segment, count(*) from segment_members where segment <> 'buyers' group by 1"))
        == sizes
    )


def test_it_writes_over_nothing_unless_told(built: Path, segpy: Segpy) -> None:
    ask = ("evolve", "--entity", "user", "--clusters", "3", "--out-of-time", "none", "--features", "visits,spent")
    before = sorted((built / "segments").iterdir())
    said = segpy(*ask, "--dry-run")
    assert (said.code, sorted((built / "segments").iterdir())) == (0, before)
    assert f"# --- {FILE}\n# Written by `segpy evolve --entity user`" in said.out and "Nothing was written" in said.out
    assert "out of time" not in said.out
    assert segpy(*ask, "--owner", "growth", "--stage", "retention").code == 0
    first = (built / FILE).read_text()
    assert first.count('    owner: "growth"\n') == first.count('    stage: "retention"\n') == 3
    said = segpy(*ask)
    assert said.code == 1 and "SEG664" in said.err and (built / FILE).read_text() == first
    with duckdb.connect(str(built / "shop.duckdb")) as connection:
        connection.execute("create table mixed as select * from user_features order by hash(user_id)")
        connection.execute("drop table user_features")
        connection.execute("alter table mixed rename to user_features")
    assert segpy(*ask, "--owner", "growth", "--stage", "retention", "--force").code == 0
    assert (built / FILE).read_text() == first, "whatever the order of rows"
    document = json.loads(segpy(*ask, "--seed", "1", "--json", "--out", "segments/mine.yml").out)
    assert document["written"] and document["path"] == "segments/mine.yml"
    assert {one["code"] for one in document["findings"]} <= {"SEG806", "SEG807"}, "of the same people evolved twice"
    assert (built / "segments/mine.yml").read_text() == document["text"]
    assert document["held_out"]["status"] == "readable" and document["out_of_time"] is None
    assert not {one["name"] for one in document["segments"]} & set(first.split(":\n")), "names are taken once"
    assert "  mine:\n" in document["text"]
    (built / "segments/outside").symlink_to(built.parent)
    said = segpy(*ask, "--out", "segments/outside/elsewhere.yml")
    assert said.code == 1 and "SEG603" in said.err and not (built.parent / "elsewhere.yml").exists()


def test_the_table(built: Path, segpy: Segpy) -> None:
    """The figures of the JSON document stand in a table, and are replaced; where they cannot, no file is written."""
    ask = ("evolve", "--entity", "user", "--clusters", "3", "--out-of-time", "2026-02-15", "--features", "visits,spent")
    asked = (
        "select figure, place, n, estimate, estimate_low, estimate_high from segment_statistics"
        " where command = 'evolve' and segment = 'evolved_user' and entity = 'user'"
        f" and about = '{FILE}' and cast(as_of as text) = '{AS_OF} 00:00:00' order by figure, place"
    )
    said = segpy(*ask, "--save")
    assert (said.code, said.err) == (0, "Saved in segment_statistics.\n") and f"wrote {FILE}." in said.out
    text, saved = (built / FILE).read_text(), _rows(built, asked)
    document = json.loads(segpy(*ask, "--save", "--force", "--json").out)
    assert (document["saved"], document["written"]) == ("segment_statistics", True)
    assert (_rows(built, asked), (built / FILE).read_text()) == (saved, text)
    told = {(figure, place): numbers for figure, place, *numbers in saved}
    for place in ("held_out", "out_of_time"):
        one = document[place]
        assert told["accuracy", place] == [one["people"], one["accuracy"], *one["interval"]]
        assert told["largest_cluster", place] == [one["people"], one["largest"], None, None]
    assert told["clusters", "all"][:2] == [400, 3] and told["questions", "all"][1] == document["questions"]
    assert told["stability", "all"][1] == document["stability"][0]["mean"]
    sizes = {place: numbers[1] for (figure, place), numbers in told.items() if figure == "people"}
    assert sizes == {one["name"]: one["people"] for one in document["segments"]}
    (built / FILE).unlink()
    (built / "models/segpy/segment_statistics.sql").write_text("select nothing from nowhere", encoding="utf-8")
    said = segpy(*ask, "--save")
    assert said.code == 1 and "SEG610" in said.err and f"{FILE} was not written." in said.err
    assert not (built / FILE).exists() and "wrote" not in said.out
    assert segpy(*ask).code == 0 and (built / FILE).read_text() == text


def test_there_is_no_table(built: Path, segpy: Segpy) -> None:
    """Without a segment, beside small counts, or where nothing is to be written: said before anything is done."""
    ask = ("evolve", "--entity", "user", "--clusters", "3", "--out-of-time", "none", "--save")
    said = segpy(*ask, "--dry-run")
    assert said.code == 2 and "--dry-run writes nothing, and --save does" in said.err
    (built / "segments/privacy.yml").write_text("privacy: {min_cell_size: 5}\n")
    said = segpy(*ask)
    assert said.code == 2 and "with `min_cell_size` nothing is saved" in said.err
    (built / "segments/privacy.yml").unlink()
    (built / "segments/users.yml").write_text(SPEC[: SPEC.index("segments:")])
    said = segpy(*ask)
    assert said.code == 2 and "the project has no segment yet, so no table to save to" in said.err
    assert not (built / FILE).exists()


def test_what_cannot_be_tried_is_withheld(built: Path, segpy: Segpy) -> None:
    """Before the first event there is nobody; and of one feature that is never known nothing can be made."""
    ask = ("evolve", "--entity", "user", "--clusters", "2", "--dry-run")
    document = json.loads(segpy(*ask, "--features", "visits,spent", "--json").out)
    assert document["out_of_time"] == {
        "as_of": "2025-12-10 00:00:00",
        "people": 0,
        "status": "too_few",
        "accuracy": None,
        "interval": None,
        "largest": None,
    }
    assert document["held_out"]["status"] == "readable"
    with duckdb.connect(str(built / "shop.duckdb")) as connection:
        connection.execute("update user_features set spent = 'nan' where user_id = 'u007'")
        connection.execute("update user_features set visits = 3")
    said = segpy(*ask, "--features", "visits,spent")
    assert said.code == 1 and "SEG662" in said.err and "no finite numbers" in said.err
    assert segpy(*ask, "--features", "visits,last_order").code == 0
    with duckdb.connect(str(built / "shop.duckdb")) as connection:
        connection.execute("delete from user_features where user_id >= 'u050'")
    said = segpy(*ask)
    assert said.code == 1 and "SEG661" in said.err
    said = segpy("evolve", "--entity", "user", "--dry-run", "--out-of-time", AS_OF)
    assert said.code == 1
    with duckdb.connect(str(built / "shop.duckdb")) as connection:
        connection.execute("drop table user_features")
    document = json.loads(segpy(*ask, "--json").out)
    assert [one["code"] for one in document["findings"]] == ["SEG610"] and not document["written"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "several entities have features: say which by --entity, of `device`, `user`"),
        (("--entity", "usr"), "no entity is called `usr`: did you mean `user`?"),
        (("--entity", "user", "--features", "visit"), "`user` has no feature `visit`: did you mean `visits`?"),
        (("--entity", "user", "--features", "came"), "feature `came` is no number"),
        (("--entity", "user", "--features", "shown"), "feature `shown` tells of a personal column"),
        (("--entity", "user", "--clusters", "7"), "5 questions tell 6 clusters apart, not 7"),
        (("--entity", "user", "--out", "../evil.yml"), "--out names a .yml file in segments/"),
        (("--entity", "user", "--out", "segments/evil.sql"), "--out names a .yml file in segments/"),
        (("--entity", "user", "--out", "segments/../dbt_project.yml"), "--out names a .yml file in segments/"),
    ],
)
def test_misuse(project: Path, segpy: Segpy, words: tuple[str, ...], said: str) -> None:
    (project / "segments/users.yml").write_text(
        SPEC.replace(
            "user: {key: user_id}",
            "user: {key: user_id, attributes: {relation: ref('app_events'), "
            "columns: {amount: {type: number, personal: true}}}}",
            1,
        ).replace("features:\n", "features:\n  shown: {attribute: amount}\n")
        + "privacy: {publish: [user.amount]}\n"
    )
    (project / "seeds/app_events.csv").write_text("user_id,device_id,event_name,event_time,amount\n")
    found = segpy("evolve", *words)
    assert found.code == 2 and said in found.err, found.err


def test_without_features_or_libraries_or_specs(project: Path, segpy: Segpy, monkeypatch: pytest.MonkeyPatch) -> None:
    found = segpy("evolve")
    assert found.code == 2 and "no entity has any `features` that are numbers" in found.err
    (project / "segments/users.yml").write_text(
        PROJECT["segments/users.yml"] + "features: {looks: {count: pricing_viewed}}\n"
    )
    monkeypatch.setattr(evolving, "missing", lambda: True)
    found = segpy("evolve", "--json")
    (finding,) = json.loads(found.out)["findings"]
    assert (found.code, finding["code"]) == (1, "SEG660") and "dbt-segpy[evolve]" in finding["help"]
    change(project, "did: order_placed", "did: order_plced")
    found = segpy("evolve")
    assert found.code == 1 and "SEG203" in found.err
