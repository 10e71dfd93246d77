"""A project's files tell what its specs can refer to; what they cannot tell stays unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from segpy.catalog.model import Catalog
from segpy.catalog.scan import scan_project

PROJECT = {
    "dbt_project.yml": "name: shop\nprofile: shop\n",
    "profiles.yml": "shop: {target: dev, outputs: {dev: {type: duckdb}, prod: {type: snowflake}}}\n",
    "models/staging/stg_events.sql": "select 1",
    "models/py_model.py": "def model(dbt, session): ...",
    "models/segpy/user_events.sql": "select 1",
    "models/.hidden.sql": "select 1",
    "models/staging/sources.yml": "sources:\n  - name: app\n    tables: [{name: events}, {name: users}]\n",
    "seeds/dim_users.csv": "user_id,plan\n1,free\n",
    "snapshots/users.sql": "{% snapshot users_history %}select 1{% endsnapshot %}",
    "snapshots/more.yml": "snapshots: [{name: plans_history, relation: ref('dim_users')}]\n",
    "analyses/ad_hoc.sql": "select 1",
}
REFS = frozenset({"stg_events", "py_model", "dim_users", "users_history", "plans_history"})
SOURCES = frozenset({("app", "events"), ("app", "users")})


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("DBT_PROFILES_DIR", "DBT_PROFILE", "DBT_TARGET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def scan(root: Path, changes: dict[str, str | None] | None = None, target: str | None = None) -> Catalog:
    project = root / "project"
    for path, text in {**PROJECT, **(changes or {})}.items():
        if text is not None:
            (project / path).parent.mkdir(parents=True, exist_ok=True)
            (project / path).write_text(text)
    catalog, problems = scan_project(project, target=target, exclude=("models/segpy",))
    assert problems == ()
    return catalog


def test_whole_project(tmp_path: Path) -> None:
    assert scan(tmp_path) == Catalog(
        refs=REFS,
        sources=SOURCES,
        columns=(("dim_users", frozenset({"user_id", "plan"})),),
        adapter="duckdb",
    )


def test_other_folders(tmp_path: Path) -> None:
    catalog = scan(
        tmp_path,
        {
            "dbt_project.yml": "profile: shop\nmodel-paths: [transform, extra]\nseed-paths: [data]\n",
            "transform/a.sql": "",
            "extra/b.sql": "",
            "data/c.csv": "x\n",
        },
    )
    assert catalog.refs == frozenset({"a", "b", "c", "users_history", "plans_history"})


def test_versioned_models_are_known_by_their_own_name(tmp_path: Path) -> None:
    catalog = scan(
        tmp_path,
        {"models/v.yml": "models: [{name: dim, versions: [{v: 1}]}]", "models/dim_v1.sql": ""},
    )
    assert catalog.refs == REFS | {"dim", "dim_v1"}


def test_enforced_contract_makes_columns_certain(tmp_path: Path) -> None:
    contract = "models: [{name: stg_events, config: {contract: {enforced: true}}, columns: [{name: a}, {name: b}]}]"
    assert ("stg_events", frozenset({"a", "b"})) in scan(tmp_path, {"models/c.yml": contract}).columns
    loose = contract.replace("enforced: true", "enforced: false")
    assert len(scan(tmp_path, {"models/c.yml": loose}).columns) == 1


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("packages.yml", "packages: [{package: dbt-labs/dbt_utils, version: 1.3.0}]"),
        ("packages.yml", "packages: [\n"),
        ("dependencies.yml", "projects: [{name: other}]"),
        ("dbt_packages/dbt_utils/dbt_project.yml", "name: dbt_utils"),
        ("dbt_project.yml", "profile: shop\nmodel-paths: [\"{{ env_var('MODELS') }}\"]"),
        ("models/odd.yml", "sources:\n  - name: [\n"),
        ("models/odd.yml", "sources: {a: 2026-02-30}"),
        ("models/odd.yml", "sources:\n  {[1]: 2}: x"),
        ("models/odd.yml", "sources: [{name: \"{{ var('schema') }}\", tables: [{name: x}]}]"),
    ],
)
def test_names_that_cannot_all_be_seen_are_unknown(tmp_path: Path, path: str, text: str) -> None:
    catalog = scan(tmp_path, {path: text})
    assert catalog.refs is None
    assert catalog.sources is None
    assert catalog.adapter == "duckdb"


@pytest.mark.parametrize(
    "text",
    ["", "- 1", "sources: 3", "sources: [3, {tables: 4}, {name: x, tables: [5]}]", "models: {a: [}", "\x00", "a: b: c"],
)
def test_odd_property_files_do_no_harm(tmp_path: Path, text: str) -> None:
    scan(tmp_path, {"models/odd.yml": text})


def test_empty_package_file_brings_no_names(tmp_path: Path) -> None:
    assert scan(tmp_path, {"packages.yml": "packages: []\n", "dependencies.yml": ""}).refs == REFS


def test_links_are_followed_once(tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/linked.sql").write_text("")
    (tmp_path / "project/models").mkdir(parents=True)
    (tmp_path / "project/models/shared").symlink_to(tmp_path / "shared")
    (tmp_path / "project/models/loop").symlink_to(tmp_path / "project/models")
    assert scan(tmp_path).refs == REFS | {"linked"}


@pytest.mark.parametrize(
    ("header", "columns"),
    [
        ('"a,1",b\n', {"a,1", "b"}),
        ("\ufeffa,b\r\n1,2\r\n", {"a", "b"}),
        ("a,,b\n", None),
        ("a, b\n", None),
        ("", None),
    ],
)
def test_seed_headers(tmp_path: Path, header: str, columns: set[str] | None) -> None:
    found = dict(scan(tmp_path, {"seeds/dim_users.csv": header}).columns)
    assert found.get("dim_users") == columns


@pytest.mark.parametrize("place", ["dbt_project.yml", "seeds/seeds.yml"])
def test_other_delimiters_hide_the_columns(tmp_path: Path, place: str) -> None:
    assert scan(tmp_path, {place: "profile: shop\nseeds: {+delimiter: ';'}"}).columns == ()


@pytest.mark.parametrize("text", [None, "", "- 1", "name: [", "\x00"])
def test_project_file_that_is_no_mapping(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "dbt_project.yml").write_text(text)
    catalog, (problem,) = scan_project(tmp_path)
    assert catalog == Catalog()
    assert problem.code == "SEG609"


@pytest.mark.parametrize(
    ("profiles", "target", "adapter"),
    [
        ("shop: {target: dev, outputs: {dev: {type: duckdb}}}", None, "duckdb"),
        ("shop: {target: dev, outputs: {dev: {type: duckdb}, prod: {type: trino}}}", "prod", "trino"),
        ("shop: {outputs: {default: {type: spark}}}", None, "spark"),
        ("shop: {target: \"{{ env_var('SHOP_T', 'b') }}\", outputs: {b: {type: postgres}}}", None, "postgres"),
        ("shop: {target: \"{{ env_var('SHOP_SET') }}\", outputs: {set: {type: bigquery}}}", None, "bigquery"),
        ("shop: {target: a, outputs: {a: {type: \"{{ env_var('SHOP_T', 'duck' ~ 'db') }}\"}}}", None, "duckdb"),
        # what is not in use may be unset
        ("shop: {target: a, outputs: {a: {type: duckdb, password: \"{{ env_var('NO') }}\"}}}", None, "duckdb"),
        ("shop: {target: \"{{ env_var('SHOP_UNSET') }}\", outputs: {a: {type: duckdb}}}", None, None),
        ("shop: {target: \"{{ ''.__class__.__mro__[1].__subclasses__() }}\", outputs: {}}", None, None),
        ('shop: {target: "{{ broken", outputs: {}}', None, None),
        ("shop: {target: 3, outputs: {3: {type: duckdb}}}", None, None),
        ("shop: {target: dev, outputs: []}", None, None),
        ("shop: {target: dev, outputs: {prod: {type: duckdb}}}", None, None),
        ("other: {target: dev, outputs: {dev: {type: duckdb}}}", None, None),
        ("shop: [", None, None),
    ],
)
def test_adapter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, profiles: str, target: str | None, adapter: str | None
) -> None:
    monkeypatch.setenv("SHOP_SET", "set")
    assert scan(tmp_path, {"profiles.yml": profiles}, target=target).adapter == adapter


def test_profile_name_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_PROFILE", "shop")
    project = "profile: \"{{ env_var('SHOP_PROFILE') }}\"\n"
    assert scan(tmp_path, {"dbt_project.yml": project}).adapter == "duckdb"
    monkeypatch.setenv("DBT_PROFILE", "nobody")
    assert scan(tmp_path, {"dbt_project.yml": project}).adapter is None


def test_where_profiles_are_looked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def profiles(folder: str, adapter: str) -> Path:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        (tmp_path / folder / "profiles.yml").write_text(
            f"shop: {{target: prod, outputs: {{prod: {{type: {adapter}}}, dev: {{type: other}}}}}}"
        )
        return tmp_path / folder

    without: dict[str, str | None] = {"profiles.yml": None}
    assert scan(tmp_path, without).adapter is None
    profiles("home/.dbt", "postgres")
    assert scan(tmp_path, without).adapter == "postgres"
    monkeypatch.chdir(profiles("elsewhere", "spark"))
    assert scan(tmp_path, without).adapter == "spark"
    profiles("project", "duckdb")
    assert scan(tmp_path, without).adapter == "duckdb"
    monkeypatch.setenv("DBT_PROFILES_DIR", str(profiles("variable", "trino")))
    assert scan(tmp_path, without).adapter == "trino"
    given = profiles("given", "bigquery")
    assert scan_project(tmp_path / "project", profiles_dir=given)[0].adapter == "bigquery"
    monkeypatch.setenv("DBT_TARGET", "dev")
    assert scan(tmp_path, without).adapter == "other"
