"""Analyses the syntax tree of a source file: which code is not mutated, and which lines represent a statement."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

Position = tuple[int, int]  # line from 1, column in characters from 0
Function = ast.FunctionDef | ast.AsyncFunctionDef

COMPILERS = {"compiled", "jit", "njit", "vectorize", "guvectorize"}  # `compiled` is hyplink.poincare's own njit
SKIPPED_CONDITIONS = ("TYPE_CHECKING", "typing.TYPE_CHECKING", "__name__ == '__main__'")
CACHES = {"cached_property"}


@dataclass(frozen=True)
class SourceFile:
    """The text of a Python file with its syntax tree.

    Attributes:
        text: the file as it is read.
        lines: its lines without their ends.
        tree: what it parses to.
    """

    text: str
    lines: list[str] = field(init=False)
    tree: ast.Module = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lines", self.text.split("\n"))
        object.__setattr__(self, "tree", ast.parse(self.text))

    def span(self, node: ast.expr | ast.stmt) -> tuple[Position, Position]:
        """Where a node begins and ends, decorators included; the tree itself counts columns in UTF-8 bytes."""
        first = min([node, *getattr(node, "decorator_list", [])], key=lambda each: each.lineno)
        start = (first.lineno, self._column(first.lineno, first.col_offset))
        if first is not node:
            start = (first.lineno, 0)  # the @ stands before the decorator's expression
        end_line, end_offset = node.end_lineno or node.lineno, node.end_col_offset or 0
        return start, (end_line, self._column(end_line, end_offset))

    def _column(self, line: int, offset: int) -> int:
        return len(self.lines[line - 1].encode()[:offset].decode())


def spans_left_out(source: SourceFile) -> list[tuple[Position, Position]]:
    """The spans that are not mutated.

    These are type annotations, the types given to `cast`, compiled functions, imports and `__all__`, docstrings,
    constants made of strings alone, and what runs only for a type checker or as a script.
    """
    return [source.span(node) for node in _nodes_left_out(source.tree)]


def _nodes_left_out(tree: ast.Module) -> Iterator[ast.expr | ast.stmt]:
    for node in ast.walk(tree):
        match node:
            case ast.arg(annotation=ast.expr() as annotation):
                yield annotation
            case ast.FunctionDef() | ast.AsyncFunctionDef() if is_compiled(node):
                yield node
            case ast.FunctionDef(returns=ast.expr() as annotation):
                yield annotation
            case ast.AnnAssign(annotation=annotation):
                yield annotation
            case ast.Call(func=ast.Name(id="cast"), args=[first, *_]):
                yield first
            case ast.If(test=test) if ast.unparse(test) in SKIPPED_CONDITIONS:
                yield node
            case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant(value=str())):
                yield node
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None and _is_text(node.value):
            yield node


def _is_text(value: ast.expr) -> bool:
    """Whether an expression is made of string constants alone."""
    kinds = (ast.Constant, ast.Tuple, ast.List, ast.Set, ast.Dict, ast.BinOp, ast.Add, ast.expr_context)
    nodes = list(ast.walk(value))
    texts = [isinstance(node.value, str) for node in nodes if isinstance(node, ast.Constant)]
    return all(isinstance(node, kinds) for node in nodes) and bool(texts) and all(texts)


def is_compiled(function: Function) -> bool:
    """Whether numba compiles a function."""
    return not COMPILERS.isdisjoint(_decorators(function))


def _decorators(function: Function) -> set[str]:
    """The last names of a function's decorators: `njit` of `@numba.njit(cache=True)`."""
    called = [each.func if isinstance(each, ast.Call) else each for each in function.decorator_list]
    return {ast.unparse(each).rpartition(".")[2] for each in called}


def function_lines(tree: ast.Module) -> frozenset[int]:
    """The lines of all function bodies: those that run when a function is called, and not at import."""
    return frozenset(line for function in _functions(tree) for line in _body(function))


def lines_for(tree: ast.Module, line: int) -> frozenset[int] | None:
    """The lines of which a test executes one if the code of `line` can matter to it.

    In a function: the lines of the statement, of a compound statement those of its header. In the header of a function:
    the function's body. None at the level of a module or a class, which runs at import, and in a cached property, which
    runs once for all its readers: any code of the module may depend on it.
    """
    around = [each for each in _functions(tree) if line in _body(each)]
    if any(not CACHES.isdisjoint(_decorators(each)) for each in around):
        return None
    if around:
        return frozenset(_statement(max(around, key=lambda each: each.lineno), line))
    return next((frozenset(_body(each)) for each in _functions(tree) if line in _header(each)), None)


def has_kernels(tree: ast.Module) -> bool:
    """Whether numba compiles a function of the file."""
    return any(map(is_compiled, _functions(tree)))


def imports_of(tree: ast.Module) -> list[str]:
    """The modules that a file imports anywhere in it; of `from a import b` it is `a`."""
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.append(node.module)
    return names


def files_below_kernels(sources: dict[str, SourceFile]) -> frozenset[str]:
    """The files that files with compiled functions import, at once or through others: kernels hold their constants."""
    waiting = [file for file, source in sources.items() if has_kernels(source.tree)]
    found: set[str] = set()
    while waiting:
        file = waiting.pop()
        if file in sources and file not in found:
            found.add(file)
            paths = [name.replace(".", "/") for name in imports_of(sources[file].tree)]
            waiting += [f"{path}{ending}" for path in paths for ending in (".py", "/__init__.py")]
    return frozenset(found)


def _functions(tree: ast.Module) -> list[Function]:
    return [node for node in ast.walk(tree) if isinstance(node, Function)]


def _body(function: Function) -> range:
    return range(max(function.body[0].lineno, function.lineno), (function.end_lineno or function.lineno) + 1)


def _header(block: ast.AST) -> range:
    """The lines of a compound statement, a handler or a case before its body; all lines of a simple statement."""
    start = min(each.lineno for each in [_placed(block), *getattr(block, "decorator_list", [])])
    inner = getattr(block, "body", None) or getattr(block, "cases", None)
    if not inner:
        return range(start, (_placed(block).end_lineno or start) + 1)
    return range(start, max(_placed(inner[0]).lineno, start + 1))


def _placed(node: ast.AST) -> ast.stmt:
    """The node itself, or its pattern where it is a case of a match: a case has no position of its own."""
    return node.pattern if isinstance(node, ast.match_case) else node  # type: ignore[return-value]


def _statement(function: Function, line: int) -> range:
    """The lines of the innermost statement in a function that `line` belongs to."""
    kinds = (ast.stmt, ast.ExceptHandler, ast.match_case)
    inside = [node for node in ast.walk(function) if isinstance(node, kinds) and node is not function]
    headers = [header for header in map(_header, inside) if line in header]
    return min(headers, key=len, default=range(line, line + 1))
