"""The house's own rules: who may import whom, what stands where, and what stands nowhere.

`lint-imports` holds the same layers (see `.importlinter`); here imports inside functions count too, and
so do the libraries that may be used in one room only.
"""

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Final

import pytest

import pkm

ROOT: Final = Path(pkm.__file__).parent
DOCS: Final = Path(__file__).parent.parent / "docs"
GROUND: Final = {"errors", "model", "rules"}
SHELF: Final = GROUND | {"store", "vault", "net", "shelf"}
STAGES: Final = {"seek", "sense", "share", "review", "exchange"}
FACES: Final = {"demo", "tui", "mcp", "serve"}
MAY_IMPORT: Final = {
    "errors": set(),
    "model": {"errors"},
    "rules": {"errors", "model"},
    "store": GROUND,
    "vault": GROUND,
    "net": GROUND,
    "shelf": GROUND | {"store", "vault", "net"},
    **dict.fromkeys(STAGES, SHELF),
    "config": GROUND,
    **{face: SHELF | STAGES | {"config"} for face in FACES},
    "demo": {"errors", "demo"},  # it runs `python -m pkm`, so that it shows what a user gets
    "cli": SHELF | STAGES | FACES | {"config"},
    "__main__": {"cli"},
    "__init__": set(),
}
ONLY_IN: Final = {
    "httpx": {"net"},
    "httpcore": {"net"},
    "socket": {"net", "demo"},
    "ssl": {"net"},
    "smtplib": {"net"},
    "http.server": {"demo", "serve"},
    "urllib.request": {"net"},  # proxies from the environment
    "requests": set(),
    "feedparser": {"seek.parse", "seek.tame"},
    "sqlite3": {"store", "shelf.doctor"},  # doctor names SQLite's version
    "sqlite_utils": {"store"},
    "typer": {"cli"},
    "click": set(),
    "rich": {"cli"},
    "trafilatura": {"seek.extractor"},
    "lxml": set(),
    "yaml": {"rules"},
    "nh3": {"rules"},
    "jinja2": {"share", "rules.templating"},
    "filelock": {"shelf.locks"},
    "keyring": {"shelf.ring"},
}
# Whatever a thread or a library throws must be told, and nothing swallowed: each of these says how.
MAY_CATCH_ALL: Final = {"cli.app", "seek.parse", "seek.askers"}
# The command table and the families that it names: `cli.engine` loads a module by a string from there.
NO_CYCLE_COUNTED: Final = {("cli.help_cmd", "cli.engine")}
SQL: Final = re.compile(
    r"\s*(SELECT\s.+\sFROM\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+(OR\s+\w+\s+)?\w+\s+SET\s|DELETE\s+FROM\s"
    r"|CREATE\s+(VIRTUAL\s+)?TABLE\s|PRAGMA\s+\w+)",
    re.DOTALL,
)


@cache
def modules() -> dict[str, ast.Module]:
    """Every module of ours by its name below `pkm`."""
    found = {}
    for path in sorted(ROOT.rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        found[name] = ast.parse(path.read_text(encoding="utf-8"))
    return found


def room(name: str) -> str:
    """The part of the house in which a module stands."""
    return name.partition(".")[0]


def imports(tree: ast.Module, *, at_run_time: bool = False):
    """Dotted names that a module imports, inside functions too; with `at_run_time` not those for types alone."""
    skipped = set()
    if at_run_time:
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
                skipped |= {id(inner) for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno
            yield from ((f"{node.module}.{alias.name}", node.lineno) for alias in node.names)


def ours(name: str) -> str | None:
    """The module of ours that a dotted name stands for, None if it is another's."""
    if name == "pkm":
        return None
    if not name.startswith("pkm."):
        return None
    below = name.removeprefix("pkm.")
    return below if below in modules() or f"{below}.__init__" in modules() else None


def test_every_room_of_the_house_is_known():
    assert {room(name) for name in modules()} <= set(MAY_IMPORT)


@pytest.mark.parametrize("name", modules())
def test_imports_go_down_the_house_and_never_up_or_sideways(name):
    allowed = MAY_IMPORT[room(name)] | {room(name)}
    wrong = [
        f"line {line}: {one}"
        for one, line in imports(modules()[name])
        if ours(one) and room(ours(one)) not in allowed
    ]
    assert wrong == []


@pytest.mark.parametrize("name", modules())
def test_a_library_is_used_in_its_own_room_alone(name):
    wrong = [
        f"line {line}: {one}"
        for one, line in imports(modules()[name])
        for library, homes in ONLY_IN.items()
        if (one == library or one.startswith(f"{library}.")) and not {room(name), name} & homes
    ]
    assert wrong == []


def test_there_is_no_cycle_of_imports_even_inside_functions():
    graph = defaultdict(set)
    for name, tree in modules().items():
        for one, _ in imports(tree, at_run_time=True):
            target = ours(one)
            if target and target in modules() and target != name and (name, target) not in NO_CYCLE_COUNTED:
                graph[name].add(target)
    assert cycle_in(graph) == []


def cycle_in(graph):
    """Modules of one cycle in order; empty if there is none."""
    done: set[str] = set()
    for start in list(graph):
        path, stack = [], [(start, iter(sorted(graph[start])))]
        on_path = set()
        while stack:
            name, below = stack[-1]
            if name not in on_path:
                on_path.add(name)
                path.append(name)
            step = next((one for one in below if one not in done), None)
            if step is None:
                done.add(name)
                on_path.discard(name)
                path.pop()
                stack.pop()
            elif step in on_path:
                return path[path.index(step) :]
            else:
                stack.append((step, iter(sorted(graph[step]))))
    return []


def test_a_cycle_would_be_found():
    assert cycle_in({"a": {"b"}, "b": {"c"}, "c": {"a"}}) == ["a", "b", "c"]
    assert cycle_in({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


@pytest.mark.parametrize("name", modules())
def test_no_module_is_longer_than_500_lines(name):
    path = ROOT.joinpath(*name.split(".")).with_suffix(".py")
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 500


@pytest.mark.parametrize("name", modules())
def test_exceptions_are_caught_by_name(name):
    broad = [
        f"line {node.lineno}"
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.ExceptHandler) and _is_broad(node) and not _raises_on(node)
    ]
    assert broad == [] or name in MAY_CATCH_ALL


def _is_broad(node: ast.ExceptHandler) -> bool:
    return node.type is None or ast.unparse(node.type) in {"Exception", "BaseException"}


def _raises_on(node: ast.ExceptHandler) -> bool:
    """Whether the handler lets the exception fly on: clearing up is not swallowing."""
    return any(isinstance(inner, ast.Raise) and inner.exc is None for inner in ast.walk(node))


@pytest.mark.parametrize("name", [name for name in modules() if room(name) != "store"])
def test_sql_stands_in_the_store_alone(name):
    statements = [
        f"line {node.lineno}: {node.value[:60]}"
        for node in ast.walk(modules()[name])
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value)
    ]
    assert statements == []


@pytest.mark.parametrize("name", [name for name in modules() if room(name) in {"rules", "model"}])
def test_rules_and_nouns_know_no_clock_no_chance_and_no_environment(name):
    tree = modules()[name]
    banned = {"os", "random", "secrets", "socket", "subprocess", "time", "threading", "tempfile"}
    imported = {one.partition(".")[0] for one, _ in imports(tree)}
    assert imported & banned == set()
    calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    assert (
        calls & {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "open", "print"} == set()
    )


@pytest.mark.parametrize("name", [name for name in modules() if room(name) == "model"])
def test_nouns_are_frozen_and_built_by_keyword(name):
    for node in ast.walk(modules()[name]):
        if isinstance(node, ast.ClassDef) and any(
            "dataclass" in ast.unparse(one) for one in node.decorator_list
        ):
            words = {
                keyword.arg
                for one in node.decorator_list
                if isinstance(one, ast.Call)
                for keyword in one.keywords
            }
            assert {"frozen", "slots", "kw_only"} <= words, node.name


@pytest.mark.parametrize("name", [name for name in modules() if name.endswith("__init__")])
def test_packages_hold_a_sentence_and_hand_nothing_on(name):
    tree = modules()[name]
    assert ast.get_docstring(tree)
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]


def test_the_product_does_not_know_that_it_is_tested():
    for name, tree in modules().items():
        said = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        assert not {word for word in said if "PYTEST" in word}, name
        assert not {
            one
            for one, _ in imports(tree)
            if one.partition(".")[0] in {"pytest", "unittest", "tests", "support"}
        }


@pytest.mark.skipif(not DOCS.is_dir(), reason="the installed package has no docs beside it")
def test_the_page_on_architecture_names_files_that_there_are():
    text = (DOCS / "explanation" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`((?:[a-z]+/)*[a-z_*]+\.py)`", text))
    assert named
    assert {name for name in named if not [*ROOT.glob(name), *DOCS.parent.glob(name)]} == set()
