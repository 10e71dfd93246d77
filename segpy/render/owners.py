"""What dbt shows of people and their work: groups of owners, playbooks as exposures, tags and meta of segments."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from segpy.plan.model import Plan, SegmentPlan, SegmentsPlan
from segpy.render.model import Artifact
from segpy.render.yaml_text import plain_text, yaml_text
from segpy.resolve.model import Segment

_ADDRESS = re.compile(r"(?:(?P<name>[^<>]*[^<>\s])\s*<(?P<at>[^<>\s@]+@[^<>\s@]+)>)|(?P<alone>[^<>\s@]+@[^<>\s@]+)")


def owners_file(plan: Plan) -> list[Artifact]:
    """The groups of all owners and the exposures of all playbooks; no file where there are none."""
    groups = [{"name": one.group, "owner": _person(one.name)} for one in plan.owners]
    exposures = list(_exposures(plan))
    contents = {"version": 2, "groups": groups} | ({"exposures": exposures} if exposures else {})
    return [Artifact(f"{plan.bound.settings.models_path}/_owners.yml", yaml_text(contents))] if groups else []


def flag_config(one: SegmentPlan) -> dict[str, Any]:
    """The tags and meta of a segment's flag: what its author says of it, and nothing else."""
    segment = one.segment
    told = {
        "owner": segment.owner,
        "stage": segment.stage,
        "exclusive_group": segment.group,
        "playbook": segment.played,
        "version": segment.version,
        "spec_file": segment.span.file,
    }
    return _config(segment, told)


def segments_config(plan: Plan, segments: SegmentsPlan) -> dict[str, Any]:
    """Whose a table of flags is. It is in the group of an owner who has all the segments in it."""
    named = {one.segment.owner for one in segments.segments}
    owners = sorted(name for name in named if name)
    if not owners:
        return {}
    if len(named) > 1:
        return {"meta": {"owner": [plain_text(name) for name in owners]}}
    # Here it would take the place of the group that the project itself gives to its models.
    groups = [one.group for one in plan.owners if one.name == owners[0] and not plan.bound.settings.models_grouped]
    return {**({"group": groups[0]} if groups else {}), "meta": {"owner": plain_text(owners[0])}}


def _exposures(plan: Plan) -> Iterator[dict[str, Any]]:
    """Each playbook as what it is to dbt: an application that reads who may be written to.

    dbt wants to know whose an exposure is, so a playbook of nobody's is none. None has the tag `segpy`: what is built
    by that would list them all.
    """
    for entity in plan.entities:
        for one in entity.segments.segments if entity.segments else ():
            segment = one.segment
            if segment.playbook and segment.acting:
                yield {
                    "name": f"{plan.bound.settings.name_prefix}segpy_playbook_{segment.name}",
                    "label": f"Playbook of {segment.name}",
                    "type": "application",
                    "owner": _person(segment.acting),
                    "description": plain_text(f"What is done with members of {segment.name}.\n{one.described}"),
                    "depends_on": [f"ref('{plan.activation}')"],
                    "config": _config(segment, _played(segment)),
                }


def _played(segment: Segment) -> dict[str, Any]:
    """What a playbook says, under the keys that it says it by, and whose members it is about."""
    return {"segment": segment.name, "entity": segment.entity, "stage": segment.stage, **dict(segment.playbook)}


def _person(name: str) -> dict[str, str]:
    """An owner as dbt has them: by name, by address, or by both where it is written `Name <address>`."""
    found = _ADDRESS.fullmatch(name.strip())
    if found is None:
        return {"name": plain_text(name)}
    if found["alone"]:
        return {"email": plain_text(found["alone"])}
    return {"name": plain_text(found["name"]), "email": plain_text(found["at"])}


def _config(segment: Segment, meta: dict[str, Any]) -> dict[str, Any]:
    tags = {"tags": [segment.stage]} if segment.stage else {}
    return tags | {"meta": {key: _harmless(value) for key, value in meta.items() if value}}


def _harmless(value: Any) -> Any:
    return plain_text(value) if isinstance(value, str) else value
