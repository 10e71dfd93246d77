"""The laws of the architecture: functions from modules to violations. The tests apply them and prove them breakable."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "segpy"

# What stands later may know the data of what stands earlier, never the other way round.
ORDER = (
    *("diagnostics", "dialects", "measure", "evolve", "source", "spec", "catalog", "resolve", "check", "propose"),
    *("plan", "sql", "render", "project", "warehouse", "report"),
    *("pipeline", "saving", "asking", "beginning", "forgetting", "measuring", "staying", "evolving"),
    *("backtesting", "pricing", "drifting", "forecasting", "reporting", "cli"),
)
# These call stages, each for what some commands do; nothing else does.
COMPOSING = ORDER[ORDER.index("pipeline") : ORDER.index("cli")]
KNOWN_TO_ALL = ("diagnostics", "dialects")
DATA_NAMES = re.compile(r"nodes|model(_\w+)?")
# These hold nothing but data and pure questions to it: the expressions of `where`, durations, events, sequences.
DATA_MODULES = ("segpy.spec.expression", "segpy.spec.duration", "segpy.resolve.atoms", "segpy.resolve.methods")
DEMO_MAY_IMPORT = ("segpy.render.model",)
STATISTICS = ("scipy", "statsmodels", "numpy", "pandas")
LEARNING = ("sklearn", "threadpoolctl")
ONLY = {
    "sqlglot": "sql",
    "dbt": "warehouse",
    "dbt_common": "warehouse",
    **dict.fromkeys(STATISTICS, "measure"),
    "vl_convert": "report",
} | dict.fromkeys(LEARNING, "evolve")
WRITERS = ("project", "cli")
MOST_LINES = 400
MOST_FUNCTION_LINES = 55  # "about 50", with a tenth of slack
FORBIDDEN_NAMES = frozenset({"utils", "util", "helpers", "helper", "manager", "handler", "common"})

_WRITING_METHODS = frozenset(
    {"write_text", "write_bytes", "mkdir", "makedirs", "unlink", "rmdir", "touch", "symlink_to", "hardlink_to", "chmod"}
)
_WRITING_OS = frozenset({"remove", "rename", "renames", "replace", "rmdir", "removedirs", "unlink", "truncate"})
_WRITING_MODULES = frozenset({"shutil", "tempfile"})


@dataclass(frozen=True)
class Module:
    """A module of the package: its dotted name and text. A package is the module of its `__init__.py`."""

    name: str
    text: str
    is_package: bool = False

    @property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def stage(self) -> str:
        """The folder, or the file right under the package; "" for the package itself."""
        return _stage(self.name)


def modules_of(root: Path) -> list[Module]:
    """Every module under the package's folder."""
    found = []
    for path in sorted(root.rglob("*.py")):
        parts = [root.name, *path.relative_to(root).with_suffix("").parts]
        is_package = parts[-1] == "__init__"
        name = ".".join(parts[:-1] if is_package else parts)
        found.append(Module(name, path.read_text(encoding="utf-8"), is_package))
    return found


def imports_of(module: Module, known: frozenset[str]) -> Iterator[str]:
    """What a module imports, wherever in it: as the module where `known` has one, else as the package it comes from."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _base(module, node)
            for alias in node.names:
                inner = f"{base}.{alias.name}"
                yield inner if inner in known else base
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__") and node.args:
            name = node.args[0]
            yield name.value if isinstance(name, ast.Constant) and isinstance(name.value, str) else "?"


def order(modules: Iterable[Module]) -> list[str]:
    """Stages import data of earlier stages only."""
    listed = list(modules)
    known = frozenset(module.name for module in listed)
    misplaced = [
        f"{module.name}: the folder has no place in the order"
        for module in listed
        if module.stage not in (*ORDER, "", "demo")
    ]
    return misplaced + [
        f"{module.name} imports {target}"
        for module in listed
        for target in imports_of(module, known)
        if target.split(".")[0] == PACKAGE and not _may_import(module, target)
    ]


def _may_import(module: Module, target: str) -> bool:
    own, other = module.stage, _stage(target)
    if module.name == PACKAGE:
        return False
    if target == PACKAGE or own == other:
        return True  # the package itself holds the version
    if own == "demo":
        return target in DEMO_MAY_IMPORT
    if own in KNOWN_TO_ALL or own not in ORDER:
        return False
    if own in ("measure", "evolve"):
        return other == "diagnostics"  # they reckon, and know neither engines nor specs
    if other in KNOWN_TO_ALL:
        return True
    if own in COMPOSING:
        return other in ORDER[: ORDER.index(own)]
    if own == "cli":
        return other in (*COMPOSING, "demo") or is_data(target)
    return other in ORDER and ORDER.index(other) < ORDER.index(own) and is_data(target)


def is_data(name: str) -> bool:
    """Whether a module holds what stages exchange."""
    return name in DATA_MODULES or (name.count(".") > 1 and bool(DATA_NAMES.fullmatch(name.rsplit(".", 1)[1])))


def leaves(modules: Iterable[Module]) -> list[str]:
    """Data modules import data modules, so that nobody reaches a stage's functions by way of its data."""
    listed = list(modules)
    known = frozenset(module.name for module in listed)
    return [
        f"{module.name} imports {target}"
        for module in listed
        if is_data(module.name)
        for target in imports_of(module, known)
        if target.split(".")[0] == PACKAGE and not is_data(target) and _stage(target) != "dialects"
    ]


def libraries(modules: Iterable[Module]) -> list[str]:
    """sqlglot, dbt and the libraries of statistics are each known to one stage."""
    return [
        f"{module.name} imports {target}"
        for module in modules
        for target in imports_of(module, frozenset())
        if ONLY.get(target.split(".")[0], module.stage) != module.stage
    ]


def late(modules: Iterable[Module]) -> list[str]:
    """The libraries of statistics, which not everybody has, are imported by the functions that use them."""
    known: frozenset[str] = frozenset()
    return [
        f"{module.name} imports {target} before it is used"
        for module in modules
        for target in _imported_at_once(module, known)
        if target.split(".")[0] in (*STATISTICS, *LEARNING, "vl_convert")
    ]


def _imported_at_once(module: Module, known: frozenset[str]) -> Iterator[str]:
    tree = module.tree
    inside = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    kept = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom) and id(node) not in inside]
    yield from imports_of(Module(module.name, "\n".join(ast.unparse(node) for node in kept), module.is_package), known)


def inheritance(modules: Iterable[Module]) -> list[str]:
    """No class is made of one of sqlglot's: where sqlglot is compiled, only its own classes may be."""
    violations = []
    for module in modules:
        theirs = frozenset(_names_from(module, "sqlglot"))
        for node in ast.walk(module.tree):
            if isinstance(node, ast.ClassDef) and theirs & {name for base in node.bases for name in _names_in(base)}:
                violations.append(f"{module.name}.{node.name} inherits from a class of sqlglot")
            elif isinstance(node, ast.Call) and theirs and _makes_class(node):
                violations.append(f"{module.name}:{node.lineno} makes a class of who knows what")
    return violations


def _names_from(module: Module, library: str) -> Iterator[str]:
    """The names that a module has from a library."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (one.asname or library for one in node.names if one.name.split(".")[0] == library)
        elif isinstance(node, ast.ImportFrom) and _base(module, node).split(".")[0] == library:
            yield from (one.asname or one.name for one in node.names)


def _names_in(node: ast.expr) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def _makes_class(node: ast.Call) -> bool:
    return (_called(node) == "type" and len(node.args) > 1) or _called(node) == "new_class"


def circles(modules: Iterable[Module]) -> list[str]:
    """No module reaches itself."""
    listed = list(modules)
    known = frozenset(module.name for module in listed)
    graph = {module.name: sorted({*imports_of(module, known)} & known) for module in listed}
    return [f"{name} imports itself, by way of others" for name in graph if name in _reachable(graph, name)]


def _reachable(graph: Mapping[str, Iterable[str]], start: str) -> set[str]:
    found: set[str] = set()
    ahead = list(graph[start])
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += graph[name]
    return found


def writes(modules: Iterable[Module]) -> list[str]:
    """Only `project/` and `cli/` change files."""
    return [
        f"{module.name}:{node.lineno} writes"
        for module in modules
        if module.stage not in WRITERS
        for node in ast.walk(module.tree)
        if isinstance(node, ast.expr | ast.stmt) and _writes(node)
    ]


def _writes(node: ast.AST) -> bool:
    match node:
        case ast.Import(names=names):
            return any(alias.name.split(".")[0] in _WRITING_MODULES for alias in names)
        case ast.ImportFrom(module=str(name), names=names):
            from_os = name == "os" and any(alias.name in _WRITING_OS for alias in names)
            return name.split(".")[0] in _WRITING_MODULES or from_os
        case ast.Call(func=ast.Name(id="open"), args=args, keywords=keywords):
            return _opens_to_write(args[1:], keywords)
        case ast.Call(func=ast.Attribute(value=ast.Name(id="os"), attr=name)) if name in _WRITING_OS:
            return True
        case ast.Call(func=ast.Attribute(value=ast.Name(id="io"), attr="open"), args=args, keywords=keywords):
            return _opens_to_write(args[1:], keywords)
        case ast.Call(func=ast.Attribute(attr="open"), args=args, keywords=keywords):
            return _opens_to_write(args, keywords)
        case ast.Call(func=ast.Attribute(attr=name)):
            return name in _WRITING_METHODS
    return False


def _opens_to_write(args: list[ast.expr], keywords: list[ast.keyword]) -> bool:
    modes = [*args[:1], *(keyword.value for keyword in keywords if keyword.arg == "mode")]
    # A mode that is worked out elsewhere may be any.
    return any(not isinstance(mode, ast.Constant) or bool(set("wax+") & set(str(mode.value))) for mode in modes)


def sizes(modules: Iterable[Module]) -> list[str]:
    """Files and functions are small."""
    violations = []
    for module in modules:
        lines = len(module.text.splitlines())
        if lines > MOST_LINES:
            violations.append(f"{module.name} has {lines} lines")
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > MOST_FUNCTION_LINES:
                    violations.append(f"{module.name}.{node.name} has {length} lines")
    return violations


def names(modules: Iterable[Module]) -> list[str]:
    """A module is named for what it holds."""
    return [
        f"{module.name} says nothing"
        for module in modules
        if FORBIDDEN_NAMES & {word for part in module.name.split(".") for word in part.split("_")}
    ]


def data(modules: Iterable[Module]) -> list[str]:
    """Data modules hold frozen, slotted dataclasses, in which a span takes no part in equality."""
    violations = []
    for module in modules:
        if not is_data(module.name):
            continue
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.ClassDef):
                continue
            flags = _dataclass_flags(node)
            if flags is not None and not {"frozen", "slots"} <= flags:
                violations.append(f"{module.name}.{node.name} is not frozen and slotted")
            if flags is not None and module.stage != "diagnostics":
                violations += [f"{module.name}.{node.name} compares its {field}" for field in _compared_spans(node)]
    return violations


def _dataclass_flags(node: ast.ClassDef) -> set[str] | None:
    """The options that `@dataclass` is given as True; None for other classes."""
    for decorator in node.decorator_list:
        if isinstance(decorator, ast.Name) and decorator.id == "dataclass":
            return set()
        if isinstance(decorator, ast.Call) and _called(decorator) == "dataclass":
            return {keyword.arg or "" for keyword in decorator.keywords if _is_constant(keyword.value, True)}
    return None


def _compared_spans(node: ast.ClassDef) -> Iterator[str]:
    for statement in node.body:
        if not isinstance(statement, ast.AnnAssign) or not isinstance(statement.target, ast.Name):
            continue
        if "Span" not in {name.id for name in ast.walk(statement.annotation) if isinstance(name, ast.Name)}:
            continue
        value = statement.value
        keywords = value.keywords if isinstance(value, ast.Call) and _called(value) == "field" else []
        if not any(keyword.arg == "compare" and _is_constant(keyword.value, False) for keyword in keywords):
            yield statement.target.id


def _is_constant(node: ast.expr, value: object) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _called(node: ast.Call) -> str:
    function = node.func
    return (
        function.attr if isinstance(function, ast.Attribute) else function.id if isinstance(function, ast.Name) else ""
    )


def _base(module: Module, node: ast.ImportFrom) -> str:
    """The module that a `from … import` names, relative ones included."""
    if node.level == 0:
        return node.module or ""
    parts = module.name.split(".")
    kept = parts[: len(parts) - node.level + (1 if module.is_package else 0)]
    return ".".join([*kept, node.module] if node.module else kept)


def _stage(name: str) -> str:
    parts = name.split(".")
    if len(parts) < 2:
        return ""
    return "cli" if parts[1] == "__main__" else parts[1]
