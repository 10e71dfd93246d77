"""The laws of the architecture hold, and each of them can be broken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from segpy.diagnostics.model import Diagnostic
from tests import laws
from tests.findings import all_findings, problems
from tests.laws import Module

Law = Callable[[list[Module]], list[str]]

LAWS: tuple[Law, ...] = (
    laws.order,
    laws.leaves,
    laws.libraries,
    laws.late,
    laws.inheritance,
    laws.circles,
    laws.writes,
    laws.sizes,
    laws.names,
    laws.data,
)
PACKAGE = laws.modules_of(Path(__file__).parents[1] / "segpy")


@pytest.mark.parametrize("law", LAWS, ids=lambda law: law.__name__)
def test_the_package_keeps_the_law(law: Law) -> None:
    assert law(PACKAGE) == []


def test_the_package_was_found() -> None:
    names = {module.name for module in PACKAGE}
    assert {"segpy", "segpy.diagnostics.model", "segpy.source.nodes"} <= names


def broken(law: Law, text: str, name: str = "segpy.check.rules") -> list[str]:
    """What a law says of a made-up module in the midst of a made-up package."""
    others = [
        Module("segpy", "", is_package=True),
        Module("segpy.check", "", is_package=True),
        *(
            Module(other, "")
            for other in ("segpy.spec.model", "segpy.spec.decode", "segpy.spec.expression", "segpy.plan.model")
        ),
    ]
    return law([*others, Module(name, text)])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("segpy.check.rules", "from segpy.spec.decode import decode"),
        ("segpy.check.rules", "import segpy.spec.decode"),
        ("segpy.check.rules", "from segpy.spec import decode"),
        ("segpy.check.rules", "from ..spec import decode"),
        ("segpy.check.rules", "from ..spec.decode import decode"),
        ("segpy.check.rules", "def f():\n    from segpy.spec.decode import decode"),
        ("segpy.check.rules", "import importlib\nimportlib.import_module('segpy.spec.decode')"),
        ("segpy.check.rules", "from segpy.plan.model import Plan"),
        ("segpy.check.rules", "from segpy.pipeline import check"),
        ("segpy.check.rules", "from segpy.spec import Spec"),
        ("segpy.check.rules", "from segpy.demo.log import Log"),
        ("segpy.diagnostics.render", "from segpy.spec.model import Spec"),
        ("segpy.diagnostics.render", "from segpy.dialects import DUCKDB"),
        ("segpy.dialects", "from segpy.diagnostics.model import Span"),
        ("segpy.demo.log", "from segpy.spec.model import Spec"),
        ("segpy.pipeline", "from segpy.cli.main import main"),
        ("segpy.cli.main", "from segpy.spec.decode import decode"),
        ("segpy.__main__", "from segpy.spec.decode import decode"),
        ("segpy.measure.welch", "from segpy.dialects import DUCKDB"),
        ("segpy.measure.welch", "from segpy.spec.model import Spec"),
        ("segpy.cli.main", "from segpy.measure.welch import difference"),
        ("segpy.nowhere", ""),
        ("segpy.nowhere.model", "from segpy.spec.model import Spec"),
    ],
)
def test_the_order_can_be_broken(name: str, text: str) -> None:
    assert broken(laws.order, text, name)


def test_the_package_itself_imports_nothing_of_its_own() -> None:
    assert laws.order([Module("segpy", "from segpy.pipeline import render", is_package=True)])


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("segpy.check.rules", "from segpy.spec.model import Spec\nfrom segpy.spec import model, expression"),
        ("segpy.check.rules", "from segpy.diagnostics.nearest import nearest\nfrom segpy import __version__"),
        ("segpy.check.rules", "from . import others\nfrom .others import rule\nimport os.path"),
        ("segpy.plan.passes", "from ..spec.model import Spec"),
        ("segpy.pipeline", "from segpy.spec.decode import decode"),
        ("segpy.cli.main", "from segpy.pipeline import check\nfrom segpy.spec.model import Spec"),
        ("segpy.demo.story", "from segpy.render.model import Artifact"),
        ("segpy.measure.welch", "from segpy.diagnostics.model import Diagnostic\nfrom segpy.measure.model import Arm"),
        ("segpy.pipeline", "from segpy.measure.welch import difference"),
        ("segpy.cli.main", "from segpy.measure.model import Arm"),
    ],
)
def test_the_order_allows(name: str, text: str) -> None:
    assert broken(laws.order, text, name) == []


@pytest.mark.parametrize(
    ("law", "name", "text"),
    [
        (laws.leaves, "segpy.spec.model", "from segpy.spec.decode import decode"),
        (laws.leaves, "segpy.source.nodes", "from segpy.diagnostics.render import render_text"),
        (laws.libraries, "segpy.check.rules", "import sqlglot"),
        (laws.libraries, "segpy.check.rules", "from sqlglot import exp"),
        (laws.libraries, "segpy.check.rules", "def f():\n    from sqlglot.optimizer import qualify"),
        (laws.libraries, "segpy.sql.lower", "from dbt.cli.main import dbtRunner"),
        (laws.libraries, "segpy.cli.main", "import dbt_common.events"),
        (laws.libraries, "segpy.pipeline", "import scipy.stats"),
        (laws.libraries, "segpy.cli.main", "def f():\n    from statsmodels.api import OLS"),
        (laws.libraries, "segpy.plan.build", "import sklearn"),
        (laws.late, "segpy.measure.welch", "from scipy.stats import t"),
        (laws.late, "segpy.measure.welch", "if True:\n    import numpy as np"),
        (laws.late, "segpy.measure.welch", "class A:\n    import scipy"),
        (laws.inheritance, "segpy.sql.nodes", "from sqlglot import exp\nclass A(exp.Func): ..."),
        (laws.inheritance, "segpy.sql.nodes", "from sqlglot.exp import Func as F\nclass A(str, F): ..."),
        (laws.inheritance, "segpy.sql.nodes", "import sqlglot\nclass A(sqlglot.Dialect): ..."),
        (laws.inheritance, "segpy.sql.nodes", "import sqlglot.exp as e\ndef f():\n    class A(e.Func): ..."),
        (laws.inheritance, "segpy.sql.nodes", "from sqlglot import Dialect\nclass A(Generic[Dialect.Parser]): ..."),
        (laws.inheritance, "segpy.sql.nodes", "from sqlglot import Dialect\nA = type('A', (known,), {})"),
        (laws.circles, "segpy.check.rules", "import segpy.check.rules"),
        (laws.writes, "segpy.check.rules", "open(path, 'w')"),
        (laws.writes, "segpy.check.rules", "open(path, mode='ab')"),
        (laws.writes, "segpy.check.rules", "open(path, mode)"),
        (laws.writes, "segpy.check.rules", "path.open('r+')"),
        (laws.writes, "segpy.check.rules", "io.open(path, 'x')"),
        (laws.writes, "segpy.check.rules", "path.write_text('x')"),
        (laws.writes, "segpy.check.rules", "path.write_bytes(b'x')"),
        (laws.writes, "segpy.check.rules", "path.parent.mkdir()"),
        (laws.writes, "segpy.check.rules", "path.unlink()"),
        (laws.writes, "segpy.check.rules", "os.replace(a, b)"),
        (laws.writes, "segpy.check.rules", "from os import remove"),
        (laws.writes, "segpy.check.rules", "import shutil"),
        (laws.writes, "segpy.check.rules", "from tempfile import TemporaryDirectory"),
        (laws.sizes, "segpy.check.rules", "\n" * 401),
        (laws.sizes, "segpy.check.rules", "def f():\n" + "    x = 1\n" * 55),
        (laws.sizes, "segpy.check.rules", "class A:\n    async def f(self):\n" + "        x = 1\n" * 55),
        (laws.names, "segpy.check.utils", ""),
        (laws.names, "segpy.check.sql_helpers", ""),
        (laws.names, "segpy.common.rules", ""),
        (laws.data, "segpy.spec.model", "@dataclass\nclass A:\n    x: int"),
        (laws.data, "segpy.spec.model", "@dataclass(frozen=True)\nclass A:\n    x: int"),
        (laws.data, "segpy.spec.model", "@dataclass(frozen=True, slots=False)\nclass A:\n    x: int"),
        (laws.data, "segpy.spec.model", "@dataclass(frozen=True, slots=True)\nclass A:\n    span: Span"),
        (laws.data, "segpy.spec.model", "@dataclass(frozen=True, slots=True)\nclass A:\n    s: Span | None = None"),
        (
            laws.data,
            "segpy.spec.model",
            "@dataclass(frozen=True, slots=True)\nclass A:\n    s: Span = field(repr=False)",
        ),
    ],
)
def test_the_law_can_be_broken(law: Law, name: str, text: str) -> None:
    assert broken(law, text, name)


@pytest.mark.parametrize(
    ("law", "name", "text"),
    [
        (
            laws.leaves,
            "segpy.plan.model",
            "from segpy.spec.model import Spec\nfrom segpy.diagnostics.model import Span",
        ),
        (laws.libraries, "segpy.sql.lower", "from sqlglot import exp"),
        (laws.libraries, "segpy.warehouse.runner", "from dbt.cli.main import dbtRunner"),
        (laws.libraries, "segpy.measure.welch", "def f():\n    from scipy.stats import t"),
        (laws.late, "segpy.measure.welch", "import math\ndef f():\n    from scipy.stats import t"),
        (laws.inheritance, "segpy.sql.nodes", "from sqlglot import exp\nclass A(Enum):\n    X = exp.Func\ntype(X)"),
        (laws.circles, "segpy.check.rules", "import segpy.spec.model"),
        (laws.writes, "segpy.project.write", "path.write_text('x')"),
        (laws.writes, "segpy.cli.main", "open(path, 'w')"),
        (
            laws.writes,
            "segpy.check.rules",
            "open(path)\nopen(path, 'rb')\npath.open()\npath.read_text()\n'a'.replace(b, c)",
        ),
        (laws.sizes, "segpy.check.rules", "def f():\n" + "    x = 1\n" * 54),
        (laws.names, "segpy.check.rules", ""),
        (
            laws.data,
            "segpy.spec.model",
            "@dataclass(frozen=True, slots=True)\nclass A:\n    s: Span = field(compare=False)",
        ),
        (laws.data, "segpy.spec.model", "class A(Enum):\n    X = 1"),
        (laws.data, "segpy.spec.decode", "@dataclass\nclass A:\n    span: Span"),
    ],
)
def test_the_law_allows(law: Law, name: str, text: str) -> None:
    assert broken(law, text, name) == []


def test_a_circle_of_three_is_found() -> None:
    modules = [
        Module("segpy.spec.a", "from segpy.spec.b import x"),
        Module("segpy.spec.b", "from segpy.spec import c"),
        Module("segpy.spec.c", "def f():\n    import segpy.spec.a"),
        Module("segpy.spec.d", "import segpy.spec.a"),
    ]
    assert [said.split(" ")[0] for said in laws.circles(modules)] == ["segpy.spec.a", "segpy.spec.b", "segpy.spec.c"]


# --- findings -------------------------------------------------------------------------------------------------------


def test_every_finding_has_a_code_of_its_own_a_title_and_a_label() -> None:
    assert problems(all_findings()) == []


def test_findings_of_every_stage_are_collected_once() -> None:
    codes = [finding.code for finding in all_findings()]
    assert {"SEG101", "SEG109"} <= set(codes)
    assert len(set(all_findings())) == len(codes)


@dataclass(frozen=True, slots=True)
class Whole(Diagnostic):
    code: ClassVar[str] = "SEG199"
    title: ClassVar[str] = "whole"

    @property
    def label(self) -> str:
        return "here"


class SameCode(Whole):
    title: ClassVar[str] = "another"


class NoCode(Diagnostic):
    title: ClassVar[str] = "no code"

    @property
    def label(self) -> str:
        return "here"


class OddCode(Whole):
    code: ClassVar[str] = "SEG1"


class NoTitle(Whole):
    title: ClassVar[str] = " "


class NoLabel(Diagnostic):
    code: ClassVar[str] = "SEG198"
    title: ClassVar[str] = "no label"


@pytest.mark.parametrize(
    ("findings", "said"),
    [
        ([Whole], []),
        ([Whole, SameCode], ["SEG199 is the code of 2 findings"]),
        ([NoCode], ["NoCode has no code SEGnnn"]),
        ([OddCode], ["OddCode has no code SEGnnn"]),
        ([NoTitle], ["NoTitle has no title"]),
        ([NoLabel], ["NoLabel has no label of its own"]),
    ],
)
def test_a_finding_can_lack_something(findings: list[type[Diagnostic]], said: list[str]) -> None:
    assert problems(findings) == said
