"""What dbt shows of people: groups of owners, playbooks as exposures, tags and meta. Nothing is invented."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from segpy.catalog.model import Catalog
from segpy.pipeline import compile_sources
from segpy.source.nodes import Source

_SPEC = """
entities: {user: {key: user_id}}
streams: {app: {relation: ref('log'), entity: {user: user_id}, occurred_at: at}}
events: {seen: {stream: app}}
segments:
"""
_ALL = "all: [{did: seen}]"


def rendered(*segments: str, settings: str = "", catalog: Catalog | None = None) -> dict[str, Any]:
    """The properties files, by their names."""
    text = settings + _SPEC + "".join(f"  {one}\n" for one in segments)
    compiled = compile_sources((Source("segments/app.yml", text),), catalog)
    assert not compiled.failed, compiled.diagnostics
    files = {one.path: one.text for one in compiled.artifacts if one.path.endswith(".yml")}
    return {path.rpartition("/")[2]: yaml.safe_load(text) for path, text in files.items()}


def flags_of(found: dict[str, Any]) -> dict[str, Any]:
    (model,) = (one for one in found["_segpy.yml"]["models"] if one["name"].endswith("user_segments"))
    columns = {one["name"]: one for one in model["columns"]}
    return {"": model["config"], **{name: one.get("config") for name, one in columns.items()}}


def test_nobody_is_invented() -> None:
    found = rendered(f"active: {{entity: user, playbook: {{channel: email}}, {_ALL}}}")
    assert "_owners.yml" not in found
    flags = flags_of(found)
    assert flags[""] == {"tags": ["segpy"], "contract": {"enforced": True}}
    assert flags["active"] == {"meta": {"playbook": "channel: email", "version": 1, "spec_file": "segments/app.yml"}}
    assert flags["user_id"] is None


def test_a_playbook_is_an_exposure() -> None:
    playbook = "{respond_within: 2 hours, channel: in_app, message: 'Yes: {{ 1/0 }}', owner: Ada <ada@example.org>}"
    settings = "name_prefix: cdp_"
    found = rendered(
        f"active: {{entity: user, description: Often, stage: intent, owner: growth, playbook: {playbook}, {_ALL}}}",
        settings=settings,
    )
    assert found["_owners.yml"]["groups"] == [
        {"name": "cdp_segpy_ada_ada_example_org", "owner": {"name": "Ada", "email": "ada@example.org"}},
        {"name": "cdp_segpy_growth", "owner": {"name": "growth"}},
    ]
    assert found["_owners.yml"]["exposures"] == [
        {
            "name": "cdp_segpy_playbook_active",
            "label": "Playbook of active",
            "type": "application",
            "owner": {"name": "Ada", "email": "ada@example.org"},
            "description": "What is done with members of active.\nOften\na user\nall of:\n  - did seen",
            "depends_on": ["ref('cdp_segment_activation')"],
            "config": {
                "tags": ["intent"],
                "meta": {
                    "segment": "active",
                    "entity": "user",
                    "stage": "intent",
                    "respond_within": "2 hours",
                    "channel": "in_app",
                    "message": "Yes: { { 1/0 }}",
                    "owner": "Ada <ada@example.org>",
                },
            },
        }
    ]
    flags = flags_of(found)
    assert flags["active"]["tags"] == ["intent"]
    assert flags["active"]["meta"]["owner"] == "growth"


@pytest.mark.parametrize(
    ("owner", "person"),
    [
        ("growth", {"name": "growth"}),
        ("growth@example.org", {"email": "growth@example.org"}),
        ("The team <growth@example.org>", {"name": "The team", "email": "growth@example.org"}),
        ("@growth", {"name": "@growth"}),
        ("growth @ example", {"name": "growth @ example"}),
        ("<growth@example.org>", {"name": "<growth@example.org>"}),
        ("増加", {"name": "増加"}),
    ],
)
def test_an_owner_is_a_name_or_an_address(owner: str, person: dict[str, str]) -> None:
    (group,) = rendered(f"active: {{entity: user, owner: '{owner}', {_ALL}}}")["_owners.yml"]["groups"]
    assert group["owner"] == person


def test_groups_of_names_that_look_alike_are_two() -> None:
    found = rendered(
        f"active: {{entity: user, owner: Growth, {_ALL}}}",
        f"awake: {{entity: user, owner: growth, {_ALL}}}",
    )
    groups = found["_owners.yml"]["groups"]
    assert [one["owner"]["name"] for one in groups] == ["Growth", "growth"]
    assert groups[0]["name"] == "segpy_growth" and groups[1]["name"].startswith("segpy_growth_")


def test_a_table_is_in_the_group_of_whoever_has_all_of_it() -> None:
    both = (f"active: {{entity: user, owner: growth, {_ALL}}}", f"awake: {{entity: user, owner: growth, {_ALL}}}")
    assert flags_of(rendered(*both))[""] == {
        "tags": ["segpy"],
        "contract": {"enforced": True},
        "group": "segpy_growth",
        "meta": {"owner": "growth"},
    }
    another = f"asleep: {{entity: user, owner: sales, {_ALL}}}"
    assert flags_of(rendered(*both, another))[""]["meta"] == {"owner": ["growth", "sales"]}
    nobodys = f"asleep: {{entity: user, {_ALL}}}"
    for third in (another, nobodys):
        assert "group" not in flags_of(rendered(*both, third))[""]


def test_a_project_that_groups_its_models_keeps_its_groups() -> None:
    catalog = Catalog(models_grouped=True)
    flags = flags_of(rendered(f"active: {{entity: user, owner: growth, {_ALL}}}", catalog=catalog))
    assert "group" not in flags[""] and flags[""]["meta"] == {"owner": "growth"}
