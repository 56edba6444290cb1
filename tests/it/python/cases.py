"""Random cases for the tests that compare procscript with Python: one expression, written for both languages.

    python3 cases.py SEED COUNT      prints one case a line: script, Python, result, separated by tabs
    python3 cases.py --known FILE    the same for a table of known cases
    python3 cases.py --differences   prints the rows of docs/differences.md that cases follow instead of Python

A result is `type repr`, or `raises type repr-of-message`. Where procscript differs by design, the case says so by
`Case.model`, a function that gives procscript's result; each model is listed in DIFFERENCES.
"""

import json
import math
import pprint
import random
import re
import struct
import sys
import unicodedata

LEAST, MOST = -(2**63), 2**63 - 1

# The first cells of the rows of docs/differences.md that models and the notation below follow.
DIFFERENCES = [
    "integers",
    "iterators and tuples",
    "`%` of numbers",
    "`/` of integers",
    "division of floats by zero",
    "keys of dicts",
    "surrogates",
    "complex numbers",
    "`s[a..b]` where `a` is before the start",
    "NaN",
    "functions that are also methods",
]


class Case:
    """One expression in both languages."""

    def __init__(self, script, python, model=None):
        self.script, self.python, self.model = script, python, model

    def expected(self):
        try:
            value = self.model() if self.model else eval(self.python, NAMES)
            return shown(value)
        except Exception as error:
            return f"raises {type(error).__name__} {str(error)!r}"


NAMES = {"json": json, "pprint": pprint, "inf": math.inf, "nan": math.nan}


def shown(value):
    value = as_script(value)
    return f"{type(value).__name__} {value!r}"


def as_script(value):
    """The value as scripts have it: lists for tuples, keys in order, integers of 64 bits, no surrogates."""
    if isinstance(value, (list, tuple)):
        return [as_script(item) for item in value]
    if isinstance(value, dict):
        return {as_script(key): as_script(value[key]) for key in sorted(value)}
    if isinstance(value, str):
        return "".join("\ufffd" if 0xD800 <= ord(char) < 0xE000 else char for char in value)
    if isinstance(value, int) and not LEAST <= value <= MOST:
        raise OverflowError(f"the integer {value} does not fit in 64 bits")
    return value


def script_of(value):
    """The value as a script writes it."""
    if value is None or isinstance(value, bool):
        return str(value)
    if isinstance(value, int):
        if value == LEAST:
            return f"({LEAST + 1} - 1)"
        return f"({value})" if value < 0 else str(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            return f'float("{value!r}")'
        return f"({value!r})" if math.copysign(1, value) < 0 else repr(value)
    if isinstance(value, str):
        return '"' + "".join(map(escaped, value)) + '"'
    if isinstance(value, bytes):
        return f"bytes({list(value)})"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(script_of, value)) + "]"
    if isinstance(value, dict):
        entries = (f"{script_of(key)}: {script_of(item)}" for key, item in value.items())
        return "#{" + ", ".join(entries) + "}"
    return value.script


def escaped(char):
    code = ord(char)
    if char in '"\\':
        return "\\" + char
    if 32 <= code < 127:
        return char
    return f"\\x{code:02x}" if code < 128 else f"\\U{code:08x}"


def python_of(value):
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return f"({value!r})"
    return repr(value)


class Raw:
    """A piece of source that is written differently in the two languages."""

    def __init__(self, script, python):
        self.script, self.python = script, python

    def __repr__(self):
        return self.python


def call(name, *args, model=None, **keywords):
    scripts, pythons = list(map(script_of, args)), list(map(python_of, args))
    if keywords:
        scripts.append(script_of(keywords))
        pythons += [f"{key}={python_of(value)}" for key, value in keywords.items()]
    return Case(f"{name}({', '.join(scripts)})", f"{name}({', '.join(pythons)})", model)


def method(this, name, *args, model=None, **keywords):
    case = call(name, *args, model=model, **keywords)
    case.script = f"{script_of(this)}.{case.script}"
    case.python = f"{python_of(this)}.{case.python}"
    return case


def binary(left, operator, right, model=None):
    return Case(
        f"{script_of(left)} {operator} {script_of(right)}",
        f"{python_of(left)} {operator} {python_of(right)}",
        model,
    )


class Generator:
    """Random values, the same ones for the same seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)

    def one(self, *items):
        return self.random.choice(items)

    def chance(self, probability):
        return self.random.random() < probability

    def int(self):
        small = self.random.randint(-20, 20)
        big = self.random.randint(LEAST, MOST)
        power = self.random.randint(0, 62)
        near = self.one(-1, 1) * 2**power + self.random.randint(-1, 1)
        edge = self.one(LEAST, LEAST + 1, MOST, MOST - 1, 0, 1, -1, 10, 1000000)
        number = self.one(small, small, big, near, edge, self.random.randint(-(10**6), 10**6))
        # A newer Unicode than Python's may know more codes of characters.
        is_code = 0 <= number <= sys.maxunicode
        return 97 if is_code and unicodedata.category(chr(number)) in ("Cn", "Cs") else number

    def small(self):
        return self.random.randint(-12, 12)

    def float(self):
        bits = self.random.getrandbits(64)
        any_float = struct.unpack("<d", struct.pack("<Q", bits))[0]
        special = self.one(0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 1e16, 1e-5, 1e22, 5e-324, 1.7976931348623157e308)
        wide = self.random.uniform(-1, 1) * 10.0 ** self.random.randint(-20, 25)
        decimal = self.random.randint(-100000, 100000) / 10 ** self.random.randint(0, 5)
        edges = self.one(math.inf, -math.inf, math.nan, 9223372036854775807.0, -9223372036854775808.0, 0.1, 2.675)
        half = self.random.randint(-50, 50) + 0.5
        return self.one(any_float, special, wide, wide, decimal, decimal, edges, half)

    def number(self):
        return self.int() if self.chance(0.5) else self.float()

    def char(self):
        if self.chance(0.45):
            return self.one(*"abcxyzABCXYZ  019_-.,")
        if self.chance(0.7):
            return self.one(*"aé ßẞİıſςΣσǅﬁÀÿŉΐ中一〇２٣²½ⅧⅷⒶⓐªǇᾳᾼაᲐꭰᎠᴀ\u0301\u0345\u200b\xa0\xad\t\n\r\x0b\x1c\x1f\x85\u2028😀𝟘𐐀𐐨")
        while True:
            plane = self.one(0x250, 0x600, 0x2000, 0x3400, 0x10000, 0x20000)
            char = chr(self.random.randrange(plane))
            # A newer Unicode than Python's has more characters, and another case for some of the old ones.
            if unicodedata.category(char) not in ("Cn", "Cs", "Co") and char not in "\u019b\u0264\u0295\u10fc":
                return char

    def text(self, most=8):
        return "".join(self.char() for _ in range(self.random.randint(0, most)))

    def plain(self, most=6, letters="abAB 1,"):
        return "".join(self.one(*letters) for _ in range(self.random.randint(0, most)))

    def bytes(self):
        return bytes(self.random.randrange(256) for _ in range(self.random.randint(0, 5)))

    def scalar(self):
        return self.one(self.int(), self.float(), self.text(), self.small(), None, True, False, self.bytes(), self.plain())

    def value(self, depth=2, keys=None):
        if depth == 0 or self.chance(0.6):
            return self.scalar()
        size = self.random.randint(0, 4)
        if self.chance(0.6):
            return [self.value(depth - 1) for _ in range(size)]
        return {(keys or self.text)(): self.value(depth - 1) for _ in range(size)}

    def index(self):
        return self.one(None, self.small(), self.small(), self.one(LEAST, MOST, 100, -100))


# Formatting


def percent(g):
    conversions, args = [], []
    for _ in range(g.one(1, 1, 1, 2, 3)):
        flags = "".join(g.one(*"-+ #0") for _ in range(g.one(0, 0, 1, 2)))
        width = g.one("", "", str(g.random.randint(0, 14)), "*")
        dot = g.one("", "", ".", f".{g.random.randint(0, 20)}", ".*")
        code = g.one(*"sradiuoxXeEfFgGc%") if g.chance(0.97) else g.one(*"bnyz,é(")
        args += [g.random.randint(-10, 10) for part in (width, dot) if "*" in part]
        if code != "%":
            args.append(fitting(g, code))
        conversions.append(g.plain(2, "a%% ") .replace("%", "%%") + "%" + flags + width + dot + code)
    if g.chance(0.05):
        args.append(1)
    if g.chance(0.05):
        args = args[:-1]
    return binary("".join(conversions), "%", tuple(map(as_script, args)))


def fitting(g, code):
    if g.chance(0.06):
        return g.scalar()
    if code in "diuoxX":
        return g.one(g.int(), g.int(), g.small(), g.float() if code in "diu" else g.int(), True)
    if code in "eEfFgG":
        return g.one(g.float(), g.float(), g.int(), False)
    if code == "c":
        return g.one(g.char(), ord(g.char()), g.int())
    return g.value(1)


def percent_keys(g):
    values = {g.one("a", "b", "c d", ""): g.scalar() for _ in range(3)}
    key = g.one("a", "b", "c d", "", "x")
    return binary(f"%({key}){g.one('', '5', '-8.3')}{g.one('s', 'r', 'd')}", "%", values)


def spec(g, value):
    fill = g.one("", g.one(*"<>^="), g.one(*"*0 é{") + g.one(*"<>^="))
    if "{" in fill and g.chance(0.9):
        fill = "<"
    sign, z, alternate = g.one("", "", *"+- "), "z" * g.chance(0.08), "#" * g.chance(0.15)
    zero, width = "0" * g.chance(0.2), g.one("", "", str(g.random.randint(0, 20)))
    separator = g.one("", "", "", ",", "_")
    precision = g.one("", "", f".{g.random.randint(0, 20)}", "." if g.chance(0.1) else "")
    codes = {int: "bcdoxXneEfFgG%", bool: "bdxs", float: "eEfFgGn%", str: "s"}.get(type(value), "sd")
    code = g.one("", *codes) if g.chance(0.95) else g.one(*"bcdefgsxyq é")
    return fill + sign + z + alternate + zero + width + separator + precision + code


def format_spec(g):
    value = g.one(g.int(), g.float(), g.text(), g.float(), g.small(), g.scalar())
    return call("format", value, spec(g, value))


def format_braces(g):
    return call("format", g.one("{}", "{0}", "a{b", "}", "{}{}", "{:>5}"), g.one("", "5", ".2f", "<4", "s", "x"))


def template(g):
    args = [as_script(g.value(1, g.plain)) for _ in range(g.random.randint(1, 3))]
    numbered, out = g.chance(0.5), ""
    for index in range(g.random.randint(1, len(args) + g.chance(0.05))):
        name = str(index) if numbered else ""
        step = g.one("[0]", "[a]", "[-1]", "[99]") if g.chance(0.1) else ""
        conversion = g.one("", "", "!r", "!s", "!a") if g.chance(0.95) else "!x"
        text = spec(g, args[index] if index < len(args) and not conversion else "")
        out += g.one("", "a", "{{", "}}") + "{" + name + step + conversion + g.one("", ":" + text) + "}"
    if g.chance(0.05):
        # In scripts a dict at the end has the values of names.
        name = "{!" if isinstance(args[-1], dict) else "{a.b}"
        out += g.one("{", "}", "{!r", "{0", "{:", name, "{[")
    return method(out, "format", *args)


# Numbers


def int_of(g):
    digits = "".join(g.one(*"0123456789") for _ in range(g.random.randint(0, 21)))
    odd = g.plain(6, "0123_ -+x.eafb٣２一²½\u00a0\n")
    text = g.one("", " ", "\t", "\u2003") + g.one("", "-", "+", "--") + g.one(digits, digits, odd) + g.one("", "", " ", "\n")
    return call("int", g.one(text, text, text, g.float(), g.value(1)))


def int_in_base(g):
    base = g.one(0, 2, 8, 10, 16, 36, g.random.randint(-2, 38), MOST, LEAST)
    prefix = g.one("", "", "0x", "0X", "0b", "0o", "0_", "0", "0x_")
    digits = g.plain(6, "01") if g.chance(0.4) else g.plain(6, "0123456789abcfxzAZ_٣")
    return call("int", g.one("", "-", "+", " ") + prefix + digits, base)


def float_of(g):
    parts = g.plain(4, "0123456789"), g.one("", ".", ".", "_"), g.plain(4, "0123456789_٣"), g.one("", "", "e", "E")
    exponent = g.one("", "-", "+") + g.plain(3, "0123456789")
    text = g.one("", "-", "+", " ") + "".join(parts) + (exponent if parts[3] else "") + g.one("", "", " ", "\n")
    word = g.one("inf", "-Infinity", "NAN", "+nan", "infinit", "1e400", "-1e-400", "0x1p3", "1_0.0_1", "1._0", "٣.٣", ".", "")
    return call("float", g.one(text, text, repr(g.float()), word, g.value(1)))


def rounded(g):
    if g.chance(0.3):
        return call("round", g.one(g.number(), g.float(), g.scalar()))
    number = g.number()
    # Python would compute ten to the power of that for an integer.
    far = g.int() if isinstance(number, float) else min(abs(g.int()), MOST)
    digits = g.one(g.small(), g.small(), g.random.randint(-330, 330), far, None, g.text() if g.chance(0.05) else 2)
    return call("round", number, digits)


def divided(g):
    left, right = g.one(g.number(), g.float(), g.scalar()), g.one(g.number(), g.small(), g.float(), 0, 0.0, -0.0)
    return call("divmod", left, right)


def modulo(g):
    if g.chance(0.5):
        left, right = g.int(), g.one(g.int(), g.small() or 3)
        if right == 0 or (left, right) == (LEAST, -1):
            right = 7
        return binary(left, "%", right, lambda: int(math.copysign(1, left)) * (abs(left) % abs(right)))
    left, right = g.float(), g.one(g.float(), float(g.small()))
    remainder = lambda: math.nan if math.isinf(left) or right == 0 else math.fmod(left, right)
    return binary(left, "%", right, remainder)


def arithmetic(g):
    operator = g.one("+", "-", "*")
    same = g.one(g.int, g.float)
    left, right = same(), same()
    def checked():
        result = {"+": lambda: left + right, "-": lambda: left - right, "*": lambda: left * right}[operator]()
        if isinstance(result, int) and not LEAST <= result <= MOST:
            name = {"+": "Addition", "-": "Subtraction", "*": "Multiplication"}[operator]
            raise OverflowError(f"{name} overflow: {left} {operator} {right}")
        return result
    return binary(left, operator, right, checked)


def quotient(g):
    if g.chance(0.5):
        left, right = g.int(), g.small()
        def whole():
            result = abs(left) // abs(right) if right else 1 // right
            return result if (left < 0) == (right < 0) else -result
        if left == LEAST:
            left = 5
        if right == 0:
            return binary(left, "/", right, lambda: (_ for _ in ()).throw(ZeroDivisionError("division by zero")))
        return binary(left, "/", right, whole)
    left, right = g.float(), g.one(g.float(), 0.0, -0.0)
    def real():
        if right:
            return left / right
        if math.isnan(left) or left == 0 or math.isnan(right):
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1, right)
    return binary(left, "/", right, real)


def power(g):
    if g.chance(0.3):
        base, exponent, modulus = g.int(), g.one(min(abs(g.int()), MOST), abs(g.small())), g.one(g.int(), g.small())
        return call("pow", base, min(exponent, MOST), modulus)
    base, exponent = g.one(g.number(), g.small(), g.float()), g.one(g.small(), g.small(), g.float(), g.int())
    def checked():
        if isinstance(base, int) and isinstance(exponent, int) and exponent >= 0 and abs(base) > 1:
            if exponent > 64 or not LEAST <= base**exponent <= MOST:
                raise OverflowError(f"the integer {base}**{exponent} does not fit in 64 bits")
        try:
            result = pow(base, exponent)
        except OverflowError as error:
            result = 1j
            if "complex" not in str(error):
                raise
        if isinstance(result, complex):
            text = f"{base!r} to a fractional power is a complex number, which scripts do not have"
            raise ValueError(text)
        return result
    return call("pow", base, exponent, model=checked)


def whole_numbers(g):
    name, value = g.one("hex", "oct", "bin", "abs", "chr"), g.one(g.int(), g.small(), ord(g.char()), g.scalar())
    model = value.hex if name == "hex" and isinstance(value, bytes) else None
    return call(name, value, model=model)


def sums(g):
    kind = g.one(g.int, g.float, g.number, g.small)
    items = [kind() for _ in range(g.random.randint(0, 6))]
    return call("sum", items, *g.one([], [g.number()]))


# Strings

PLAIN_METHODS = (
    "upper lower casefold title capitalize swapcase strip lstrip rstrip isdigit isdecimal isnumeric isalpha isalnum"
    " isspace isascii isidentifier isupper islower istitle splitlines split rsplit encode"
).split()


def text_method(g):
    return method(g.text(), g.one(*PLAIN_METHODS))


def one_character(g):
    return method(g.char(), g.one(*PLAIN_METHODS))


def searched(g):
    text, part = g.plain(10, "abé"), g.plain(2, "abé")
    bounds = [g.index() for _ in range(g.one(0, 1, 2))]
    name = g.one("find", "rfind", "index", "rindex", "count", "startswith", "endswith")
    if name.endswith("with") and g.chance(0.2):
        parts = tuple(g.plain(2, "abé") for _ in range(2))
        return method(text, name, parts, *bounds)
    return method(text, name, g.scalar() if g.chance(0.04) else part, *bounds)


def replaced(g):
    old = g.scalar() if g.chance(0.05) else g.plain(2, "ab")
    return method(g.plain(8, "aab"), "replace", old, g.plain(2, "xy"), *g.one([], [g.small()], [-1], [1]))


def cut(g):
    text = g.one(g.text(12), g.plain(10, " ,ab"))
    separator = g.one(None, ",", " ", "ab", g.plain(2, ",a "))
    name = g.one("split", "rsplit")
    if g.chance(0.3):
        return method(text, g.one("partition", "rpartition"), g.one(*",a ", g.plain(2, ",a "), g.scalar()))
    if g.chance(0.3):
        return method(text, name, maxsplit=g.small())
    return method(text, name, separator, *g.one([], [g.small()], [g.one(0, 1, 2)]))


def stripped(g):
    if g.chance(0.3):
        return method(g.plain(8), g.one("removeprefix", "removesuffix"), g.scalar() if g.chance(0.1) else g.plain(2))
    return method(g.plain(8, "aab "), g.one("strip", "lstrip", "rstrip"), g.one(None, g.plain(3, "ab "), g.scalar()))


def padded(g):
    if g.chance(0.3):
        return method(g.one(g.text(4), g.one("-", "+", "--") + g.plain(3, "0123")), "zfill", g.small())
    if g.chance(0.2):
        return method(g.plain(8, "a\t\n\r"), "expandtabs", *g.one([], [g.small()]))
    return method(g.text(5), g.one("center", "ljust", "rjust"), g.random.randint(-2, 16), *g.one([], [g.char()], ["ab"], [g.scalar()]))


def joined(g):
    items = [g.text(3) for _ in range(g.random.randint(0, 4))]
    if g.chance(0.1):
        items.append(g.value(1))
    return method(g.text(2), "join", items)


def lines(g):
    return method(g.plain(8, "ab\n\r\x0b\x1c\x85\u2028"), "splitlines", *g.one([], [True], [False]))


def coded(g):
    encoding = g.one("utf-8", "UTF8", "ascii", "latin-1", "utf_8", "L1", "nothing")
    errors = g.one("strict", "ignore", "replace")
    if g.chance(0.5):
        return method(g.text(4), "encode", encoding, errors)
    data = g.one(g.bytes(), g.text(3).encode()[: g.random.randint(0, 5)])
    return method(data, "decode", encoding, errors)


# JSON


def dumped(g):
    options = {}
    if g.chance(0.4):
        options["indent"] = g.one(0, 1, 2, 4, "\t", "--", None, -1)
    if g.chance(0.4):
        options["ensure_ascii"] = g.chance(0.5)
    if g.chance(0.2):
        options["separators"] = g.one((",", ":"), (", ", ": "), ("; ", "="))
    if g.chance(0.3):
        options["allow_nan"] = g.chance(0.5)
    value = g.value(3)
    case = call("json.dumps", value, **options)
    ordered = call("json.dumps", as_script(value), **options)
    case.python = ordered.python
    return case


def loaded(g):
    text = json.dumps(g.value(3, g.plain), default=lambda data: list(data), indent=g.one(None, None, 1), ensure_ascii=g.chance(0.5))
    for _ in range(g.one(0, 0, 1, 1, 2)):
        at = g.random.randrange(len(text) + 1)
        piece = g.one("", ",", "]", "}", '"', "\\", "\\u12", "\\ud83d", "\n", "0", "-", ".", "e5", "nul", "NaN", "é", ":", "[", " ")
        text = text[:at] + piece + text[at + g.one(0, 1, 2) :]
    if re.search(r"\d{19}", text) and not is_json(text):
        # Which error is first is not promised: that of the syntax or that of an integer beyond 64 bits.
        return loaded(g)
    return call("json.loads", text)


def is_json(text):
    try:
        json.loads(text)
        return True
    except ValueError:
        return False


def loaded_number(g):
    return call("json.loads", g.plain(6, "0123456789.eE-+ ") + g.one("", "", " ", "\n"))


# Slices, comparisons, values


def sliced(g):
    text, start, stop = g.text(8), g.small(), g.small()
    if g.chance(0.4):
        case = Case(f"{script_of(text)}[{start}..{stop}]", f"{text!r}[{start}:{stop}]")
        if text and start < -len(text):
            case.model = lambda: text[99]
        return case
    if g.chance(0.5):
        return Case(f"{script_of(text)}[{start}]", f"{text!r}[{start}]")
    items = list(range(g.random.randint(0, 5)))
    return Case(f"{script_of(items)}[{start}]", f"{items!r}[{start}]")


def ranges(g):
    args = [g.small() for _ in range(g.one(1, 2, 3))]
    edges = [g.one(LEAST, MOST, MOST - 3, LEAST + 3) for _ in range(2)]
    case = call("range", *args)
    far = call("range", *edges, g.one(MOST, LEAST, 2**62, -(2**62)))
    kind = g.one("list", "len", "index", "far", "far index")
    if "index" in kind:
        at = g.small()
        case = far if "far" in kind else case
        return Case(f"({case.script})[{at}]", f"({case.python})[{at}]")
    chosen = far if kind == "far" else case
    name = "len" if kind == "len" else "list"
    return Case(f"{name}({chosen.script})", f"{name}({chosen.python})")


def mixed(g):
    kind = g.one(g.int, g.float, g.number, g.text, g.plain, lambda: [g.number()], lambda: g.value(1), lambda: [g.small(), g.plain(2)])
    return [kind() for _ in range(g.random.randint(0, 8))]


def ordered(g):
    items = mixed(g)
    if g.chance(0.5):
        return call("sorted", items, **g.one({}, {"reverse": True}))
    return call(g.one("min", "max"), items, **g.one({}, {"default": 0}))


def listed(g):
    items = mixed(g)
    if "nan" in repr(items):
        items = [0]
    wanted = g.one(*items, g.scalar()) if items else g.scalar()
    if g.chance(0.3):
        return method(items, "count", wanted)
    if g.chance(0.2):
        case = call(g.one("any", "all", "len", "list", "reversed", "tuple"), items)
        case.python = case.python.replace("reversed(", "list(reversed(") + ")" * case.python.startswith("reversed")
        return case
    return method(items, "index", as_script(wanted), *[g.index() or 0 for _ in range(g.one(0, 0, 1, 2))])


def compared(g):
    operator = g.one("==", "!=", "<", "<=", ">", ">=")
    kind = g.one(g.int, g.text, g.plain, g.int)
    return binary(kind(), operator, kind())


def represented(g):
    name = g.one("repr", "str", "ascii", "bool", "len", "type_name", "ord", "list")
    value = g.one(g.value(3), g.float(), g.text(), g.char())
    if name == "type_name":
        return Case(f"type({script_of(value)}).name", f"type({value!r}).__name__")
    if name in ("repr", "str", "ascii", "list"):
        value = as_script(value)
    return call(name, value)


def of_bytes(g):
    data = g.one(g.bytes(), g.plain().encode())
    if g.chance(0.3):
        return method(data, g.one("hex", "upper", "lower", "strip", "decode"))
    if g.chance(0.3):
        return method(data, g.one("startswith", "endswith"), g.one(data[:1], data[-1:], g.bytes()))
    if g.chance(0.1):
        text = g.text()
        return call("bytes", text)
    return call("bytes", g.one(g.small(), [g.random.randint(-1, 260) for _ in range(3)], g.float(), [g.scalar()]))


def pretty(g):
    """A value that is longer than a line, in lines."""
    letters = "abcdefgh  ,.\n'é中"
    text = lambda: g.plain(g.one(3, 12, 60), letters)
    data = lambda: bytes(g.random.randrange(256) for _ in range(g.random.randint(0, 24)))

    def value(depth):
        if depth == 0 or g.chance(0.3):
            return g.one(text, data, g.int, g.small, text)()
        size = g.one(0, 1, 2, 3, 6)
        if g.chance(0.5):
            return [value(depth - 1) for _ in range(size)]
        return {g.plain(8): value(depth - 1) for _ in range(size)}

    options = {"width": g.one(1, 5, 20, 40, 79, 80, -3)}
    if g.chance(0.4):
        options["indent"] = g.one(0, 1, 2, 4)
    if g.chance(0.3):
        options["depth"] = g.one(1, 2, 3)
    if g.chance(0.4):
        options["compact"] = True
    if g.chance(0.2):
        options["underscore_numbers"] = True
    if g.chance(0.05):
        options = g.one({"width": 0}, {"indent": -1}, {"depth": 0}, {})
    return call("pprint.pformat", as_script(value(g.one(1, 2, 3))), **options)


KINDS = [
    percent, percent, percent_keys, format_spec, format_spec, format_braces, template, template,
    int_of, int_in_base, float_of, rounded, divided, modulo, arithmetic, quotient, power, whole_numbers, sums,
    text_method, text_method, one_character, one_character, searched, replaced, cut, stripped, padded, joined, lines, coded,
    dumped, loaded, loaded, loaded_number, sliced, ranges, ordered, listed, compared, represented, of_bytes,
    pretty, pretty,
]


def main():
    if sys.argv[1] == "--differences":
        print("\n".join(DIFFERENCES))
        return
    if sys.argv[1] == "--known":
        for line in open(sys.argv[2], encoding="utf-8"):
            if line.strip() and not line.startswith("#"):
                script, python, *_ = line.rstrip("\n").split("\t")
                print(Case(script, python).expected())
        return
    g = Generator(int(sys.argv[1]))
    for number in range(int(sys.argv[2])):
        case = KINDS[number % len(KINDS)](g)
        print(case.script, case.python, case.expected(), KINDS[number % len(KINDS)].__name__, sep="\t")


if __name__ == "__main__":
    main()
