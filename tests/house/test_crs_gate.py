"""No engine function trusts the CRS of a frame, and one module alone reprojects."""

import ast
from collections.abc import Iterator

from tests.house.tree import PACKAGES, PURE, modules, name_of, parsed

FRAME = "GeoDataFrame"
GATE = "require_epsg_27700"
REPROJECTS = {"to_crs", "set_crs", "Transformer", "transform_geom", "convertbng", "cutil"}
THE_ONE = "geo_alerts/crs.py"


def unchecked(tree: ast.Module) -> Iterator[tuple[int, str, set[str]]]:
    """Line, name and unchecked frames of every public function that takes a frame unchecked."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name[0] != "_":
            missing = frames_of(node) - checked_in(node)
            if missing:
                yield node.lineno, node.name, missing


def frames_of(node: ast.FunctionDef | ast.AsyncFunctionDef) -> set[str]:
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return {a.arg for a in arguments if a.annotation and FRAME in ast.unparse(a.annotation)}


def checked_in(node: ast.AST) -> set[str]:
    calls = (call for call in ast.walk(node) if isinstance(call, ast.Call) and call.args)
    gates = (call for call in calls if ast.unparse(call.func).split(".")[-1] == GATE)
    return {ast.unparse(call.args[0]) for call in gates}


def reprojections(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name) | ast.Name(id=name) | ast.alias(name=name):
                if name.split(".")[0] in REPROJECTS:
                    yield node.lineno, name
            case ast.ImportFrom(module=str(name)) if name.split(".")[0] in REPROJECTS:
                yield node.lineno, name


def test_every_public_engine_function_checks_the_crs_of_each_frame_it_takes():
    faults = [
        f"{name_of(path)}:{line} {function} trusts {missing}"
        for path in modules(*PURE)
        for line, function, missing in unchecked(parsed(path))
    ]
    assert not faults


def test_only_one_module_reprojects():
    faults = [
        f"{name_of(path)}:{line} {name}"
        for path in modules(*PACKAGES, "data")
        if name_of(path) != THE_ONE
        for line, name in reprojections(parsed(path))
    ]
    assert not faults


def test_the_rules_see_what_they_are_made_for():
    trusting = "def join(points: gpd.GeoDataFrame, teams: 'GeoDataFrame', metres: float): ..."
    assert list(unchecked(ast.parse(trusting))) == [(1, "join", {"points", "teams"})]
    checking = "def a(points: GeoDataFrame):\n    contracts.require_epsg_27700(points, what='p')"
    assert not list(unchecked(ast.parse(checking)))
    moving = "from pyproj import Transformer\nframe.to_crs(4326)\nfrom convertbng import util"
    assert {line for line, _ in reprojections(ast.parse(moving))} == {1, 2, 3}
