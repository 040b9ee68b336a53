# Runs the tests of one program, or traces one call of it, inside of the sandbox.
# Reads one JSON object from standard input, answers in lines of JSON. The program's own input and output lead nowhere.
import ast
import json
import os
import signal
import sys

LIMIT = 4 << 20
MAXIMUM_TEXT = 2000
PROGRAM = "<program>"


def take_over():
    """Reads the request, then hides the channel of the answers from whatever the program prints."""
    request = json.loads(sys.stdin.buffer.read(LIMIT).decode("utf-8"))
    channel = os.dup(1)
    nowhere = os.open("/dev/null", os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    return request, channel


def answer(channel, message):
    data = (json.dumps(message) + "\n").encode("ascii")
    while data:
        data = data[os.write(channel, data):]


def text(value):
    try:
        shown = repr(value)
    except BaseException as error:  # a value's own repr may do anything
        shown = "<%s: repr failed with %s>" % (type(value).__name__, type(error).__name__)
    return shown if len(shown) <= MAXIMUM_TEXT else shown[: MAXIMUM_TEXT // 2] + "..." + shown[-MAXIMUM_TEXT // 2:]


def reason(error):
    """One line: kind, message, and the program's line that raised."""
    line = error.lineno if isinstance(error, SyntaxError) else None
    at = error.__traceback__
    while at is not None:
        if at.tb_frame.f_code.co_filename == PROGRAM:
            line = at.tb_lineno
        at = at.tb_next
    message = error.msg if isinstance(error, SyntaxError) else str(error)
    kind = type(error).__name__
    return (kind + (": " + message if message else "") + (" (line %d)" % line if line else ""))[:MAXIMUM_TEXT]


def load(program):
    scope = {"__name__": "program", "__builtins__": __builtins__}
    exec(compile(program, PROGRAM, "exec"), scope)
    return scope


def equal(value, expected, scope):
    if repr(value) == expected:
        return True
    try:
        wanted = ast.literal_eval(expected)
    except (ValueError, SyntaxError):
        wanted = eval(expected, dict(scope))
    return bool(value == wanted)


def run(request, channel):
    for index, test in enumerate(request["tests"]):
        answer(channel, {"start": index})
        result = {"test": index, "passed": False}
        try:
            scope = load(request["program"])
            value = eval(test["call"], scope)
            result["actual"] = text(value)
            result["passed"] = equal(value, test["expected"], scope)
        except BaseException as error:
            result["error"] = reason(error)
        answer(channel, result)


class Blocks:
    """Basic blocks of a function: straight-line statements end at a branch; the header of a loop is a block of its own, because it is jumped to."""

    def __init__(self, program, function):
        self.lines = program.splitlines()
        self.blocks = []
        self.of_line = {}
        self.pending = []
        self.body(function.body)

    def close(self):
        if not self.pending:
            return
        index = len(self.blocks)
        first = min(part[0] for part in self.pending)
        last = max(part[1] for part in self.pending)
        numbers = sorted({line for part in self.pending for line in range(part[0], part[1] + 1)})
        source = "; ".join(self.lines[line - 1].strip() for line in numbers if self.lines[line - 1].strip())
        self.blocks.append((index, first, last, source))
        for line in numbers:
            self.of_line.setdefault(line, index)
        self.pending = []

    def header(self, node, last):
        self.pending.append((node.lineno, max(node.lineno, last)))
        self.close()

    def body(self, statements):
        for node in statements:
            self.statement(node)
        self.close()

    def statement(self, node):
        if isinstance(node, (ast.While, ast.For, ast.AsyncFor)):
            self.close()
            self.header(node, (node.test if isinstance(node, ast.While) else node.iter).end_lineno)
            self.body(node.body)
            self.body(node.orelse)
        elif isinstance(node, ast.If):
            self.header(node, node.test.end_lineno)
            self.body(node.body)
            self.body(node.orelse)
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            self.header(node, node.items[-1].context_expr.end_lineno)
            self.body(node.body)
        elif type(node).__name__ in ("Try", "TryStar"):
            self.header(node, node.lineno)
            self.body(node.body)
            for handler in node.handlers:
                self.header(handler, handler.lineno)
                self.body(handler.body)
            self.body(node.orelse)
            self.body(node.finalbody)
        elif type(node).__name__ == "Match":
            self.header(node, node.subject.end_lineno)
            for case in node.cases:
                self.pending.append((case.pattern.lineno, case.pattern.end_lineno))
                self.close()
                self.body(case.body)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.pending.append((node.lineno, node.lineno))
        elif not (isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)):
            self.pending.append((node.lineno, node.end_lineno))
            if isinstance(node, (ast.Return, ast.Raise, ast.Break, ast.Continue)):
                self.close()


class Visits:
    """The first and the last visits, and how many there were."""

    def __init__(self, keep):
        self.half = keep // 2
        self.first = []
        self.last = []
        self.total = 0

    def add(self, visit):
        self.total += 1
        if len(self.first) < self.half:
            self.first.append(visit)
        else:
            self.last.append(visit)
            if len(self.last) >= 2 * self.half:
                del self.last[: self.half]

    def list(self):
        return self.first + self.last[-self.half:]


def called(program, call):
    """The function that the call calls, as a syntax node."""
    target = ast.parse(call.strip(), mode="eval").body
    while isinstance(target, ast.Call) and not isinstance(target.func, (ast.Name, ast.Attribute)):
        target = target.func
    if not isinstance(target, ast.Call):
        raise ValueError("'%s' is no call" % call)
    name = target.func.id if isinstance(target.func, ast.Name) else target.func.attr
    found = [node for node in ast.walk(ast.parse(program)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == name]
    if not found:
        raise ValueError("the program has no function '%s'" % name)
    return found[0]


def trace(request, channel):
    program, call = request["program"], request["trace"]
    visits = Visits(request["keep"])
    message = {}

    def finish(error=None, signal_number=None, frame=None):
        sys.settrace(None)
        message.update(visits=visits.list(), total=visits.total)
        if error:
            message["error"] = error
        answer(channel, {"trace": message})
        os._exit(0)

    try:
        function = called(program, call)
        blocks = Blocks(program, function)
        lines = range(min([function.lineno] + [decorator.lineno for decorator in function.decorator_list]), function.lineno + 1)
    except BaseException as error:
        answer(channel, {"failed": "the program could not be traced: " + reason(error)})
        return

    def enter(frame, event, argument):
        code = frame.f_code
        if code.co_filename != PROGRAM or code.co_name != function.name or code.co_firstlineno not in lines:
            return None
        current = None

        def leave():
            if current is not None:
                index, first, last, source = blocks.blocks[current]
                state = {name: text(value) for name, value in frame.f_locals.items()}
                visits.add({"blockId": index, "firstLine": first, "lastLine": last, "source": source, "stateAfter": state})

        def step(frame, event, argument):
            nonlocal current
            if event == "line":
                block = blocks.of_line.get(frame.f_lineno)
                if block is not None and block != current:
                    leave()
                    current = block
            elif event == "return":
                leave()
                current = None
            return step

        return step

    answer(channel, {"start": 0})
    signal.signal(signal.SIGALRM, lambda number, frame: finish("did not return within %g s" % request["seconds"]))
    signal.setitimer(signal.ITIMER_REAL, request["seconds"])
    try:
        scope = load(program)
        sys.settrace(enter)
        value = eval(call, scope)
        sys.settrace(None)
        message["result"] = text(value)
    except BaseException as error:
        finish("the call raised " + reason(error))
    finish()


def main():
    request, channel = take_over()
    if "trace" in request:
        trace(request, channel)
    else:
        run(request, channel)
    # Threads that the program left behind must not keep the process.
    os._exit(0)


main()
