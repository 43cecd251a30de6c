"""A small made-up project in Python, TypeScript and Go that changes at random, for the property of the index."""

import random
import re
from pathlib import Path

WORDS = (
    "load save run make apply get find send open close read write plan draw sort join split merge check clean".split()
)
NAMES = tuple(WORDS + [f"{word}_all" for word in WORDS] + [f"do_{word}" for word in WORDS])
CLASSES = tuple("Cart Shop Item Base Order Price Store Stock Client Agent Route View Model Field Form Table".split())
ATTRIBUTES = tuple("total owner items run get send state parts next size name kind root link head tail".split())
MODULES = (
    *"alpha beta gamma delta epsilon zeta".split(),
    *(f"pkg.{name}" for name in "one two three four".split()),
    *(f"pkg.sub.{name}" for name in "deep deeper".split()),
)
_RULES = ".codeagentignore"


class RandomProject:
    """Files in a folder, and random changes to them; the same seed makes the same changes."""

    def __init__(self, root: Path, seed: int) -> None:
        self.root, self._random = root, random.Random(seed)
        self._kept: list[dict[str, str]] = []
        self.files: dict[str, str] = {}
        for module in MODULES:
            self.files[module.replace(".", "/") + ".py"] = self._python()
        self.files["pkg/__init__.py"] = self._python()
        for name in ("web/cart.ts", "web/shop.ts", "web/view.ts", "web/index.ts"):
            self.files[name] = self._typescript()
        self.files["go.mod"] = "module example.org/shop\n"
        for name in ("store/cart.go", "store/shop.go", "main/run.go"):
            self.files[name] = self._go(name)
        self._write({}, self.files)

    def step(self) -> str:
        """Change something and say what."""
        before = dict(self.files)
        act = self._random.choices(
            (
                *(self._mutate, self._rewrite, self._shift, self._delete, self._rename, self._create, self._switch),
                *(self._hide, self._fill, self._exchange),
            ),
            (40, 15, 10, 6, 6, 8, 5, 5, 5, 15),
        )[0]
        said = act()
        self._write(before, self.files)
        return said

    def _write(self, before: dict[str, str], after: dict[str, str]) -> None:
        for name in before.keys() - after.keys():
            (self.root / name).unlink()
        for name, text in after.items():
            if before.get(name) != text:
                path = self.root / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")

    # --- changes

    def _any(self) -> str:
        return self._random.choice(sorted(self.files.keys() - {_RULES}))

    def _mutate(self) -> str:
        name = self._any()
        lines = self.files[name].splitlines()
        fresh = self._text(name).splitlines()
        if not lines or not fresh:
            return self._rewrite()
        at = self._random.randrange(len(lines))
        kind = self._random.randrange(3)
        if kind == 0:
            lines[at] = self._random.choice(fresh)
        elif kind == 1:
            lines.insert(at, self._random.choice(fresh))
        else:
            del lines[at]
        self.files[name] = "\n".join(lines) + "\n"
        return f"mutate {name}:{at + 1}"

    def _rewrite(self) -> str:
        name = self._any()
        self.files[name] = self._text(name)
        return f"rewrite {name}"

    def _shift(self) -> str:
        name = self._any()
        self.files[name] = "\n\n" + self.files[name]
        return f"shift {name}"

    def _delete(self) -> str:
        name = self._any()
        if len(self.files) > 6:
            del self.files[name]
        return f"delete {name}"

    def _rename(self) -> str:
        name = self._any()
        folder, _, last = name.rpartition("/")
        suffix = last.rpartition(".")[2]
        stem = self._random.choice(("alpha", "beta", "cart", "shop", "one", "deep", "extra", "__init__", "index"))
        new = f"{folder}/{stem}.{suffix}".lstrip("/")
        if new not in self.files:
            self.files[new] = self.files.pop(name)
        return f"rename {name} to {new}"

    def _create(self) -> str:
        folder = self._random.choice(("", "pkg/", "pkg/sub/", "web/", "store/", "lib/"))
        suffix = {"web/": "ts", "store/": "go"}.get(folder, "py")
        name = folder + self._random.choice(("fresh", "alpha", "deep", "index", "__init__", "cart")) + "." + suffix
        self.files[name] = self._text(name)
        return f"create {name}"

    def _switch(self) -> str:
        """Go to another state of the whole tree, and keep this one to come back to."""
        self._kept.append(dict(self.files))
        self.files = dict(self._random.choice(self._kept))
        return "switch"

    def _hide(self) -> str:
        """Leave other files out of the index, which stay where they are."""
        hidden = self._random.choice(("", "pkg/", "web/", "*.go", "pkg/sub/", self._any()))
        self.files[_RULES] = f"{hidden}\n"
        return f"hide {hidden or 'nothing'}"

    def _fill(self) -> str:
        """Make a file one that is left out for what is in it."""
        name = self._any()
        self.files[name] = "\0" + self.files[name]
        return f"fill {name}"

    def _exchange(self) -> str:
        """Give what goes by a name another name, everywhere or in some files only."""
        names = self._random.choice((NAMES, CLASSES, ATTRIBUTES))
        old, new = self._random.choice(names), self._random.choice((*names, "fresh", "fresh"))
        files = sorted(self.files.keys() - {_RULES})
        if self._random.random() < 0.4:
            files = self._random.sample(files, max(1, len(files) // 2))
        for name in files:
            self.files[name] = re.sub(rf"\b{old}\b", new, self.files[name])
        return f"{old} is {new} in {len(files)} files"

    # --- sources

    def _text(self, name: str) -> str:
        if name.endswith(".go"):
            return self._go(name)
        if name.endswith(".ts"):
            return self._typescript()
        return self._python() if name.endswith(".py") else "module example.org/shop\n"

    def _python(self) -> str:
        r = self._random
        lines = [self._python_import() for _ in range(r.randrange(1, 4))]
        if r.random() < 0.15:
            lines.append(f"__all__ = {r.sample(NAMES + CLASSES, 4)!r}")
        for _ in range(r.randrange(1, 5)):
            lines += r.choice((self._python_function, self._python_class, self._python_value))()
        return "\n".join(lines) + "\n"

    def _python_import(self) -> str:
        r = self._random
        module, name = r.choice(MODULES), r.choice(NAMES + CLASSES)
        return r.choice(
            (
                f"from {module} import {name}",
                f"from {module} import {name} as {r.choice(NAMES)}",
                f"from {module} import *",
                f"import {module}",
                f"import {module} as tool",
                f"from . import {r.choice(('one', 'two', 'sub', 'alpha'))}",
                f"from .{r.choice(('one', 'two', 'alpha'))} import {name}",
            )
        )

    def _value(self, depth: int = 0) -> str:
        r = self._random
        name, other, attribute = r.choice(NAMES + CLASSES), r.choice(NAMES), r.choice(ATTRIBUTES)
        if depth > 1:
            return name
        inner = self._value(depth + 1)
        return r.choice(
            (
                name,
                f"{name}()",
                f"{name}.{attribute}",
                f"{name}({inner})",
                f"{name}().{attribute}()",
                f"[{inner}, {other}]",
                f"{{'key': {inner}}}",
                f"(lambda x: x({inner}))",
                f"tool.{name}",
                f"{inner} or {other}",
                f"{name}(key={inner})",
                "registry[0]",
                f"pkg.one.{name}()",
                f"{inner}.{attribute}",
            )
        )

    def _python_body(self, params: str, receiver: str = "") -> list[str]:
        r = self._random
        lines = []
        for _ in range(r.randrange(1, 4)):
            value, name = self._value(), r.choice(NAMES)
            lines.append(
                r.choice(
                    (
                        f"local = {value}",
                        "local()",
                        f"{value}",
                        f"return {value}",
                        "return local",
                        f"for one in {value}: one()",
                        f"registry.append({value})",
                        f"{name}.{r.choice(ATTRIBUTES)} = {value}",
                        f"yield {value}",
                    )
                    + (
                        (f"{params}()", f"return {params}", f"{name}({params})", f"{params}.{r.choice(ATTRIBUTES)}()")
                        if params
                        else ()
                    )
                    + (
                        (
                            f"{receiver}.{r.choice(ATTRIBUTES)} = {value}",
                            f"{receiver}.{r.choice(ATTRIBUTES)}()",
                            f"return {receiver}.{r.choice(ATTRIBUTES)}",
                            f"super().{r.choice(ATTRIBUTES)}()",
                        )
                        if receiver
                        else ()
                    )
                )
            )
        return lines

    def _python_function(self) -> list[str]:
        r = self._random
        param = r.choice(("", "x", "func"))
        decorator = [f"@{r.choice(NAMES)}"] if r.random() < 0.15 else []
        annotated = f"{param}: {r.choice(CLASSES)}" if param and r.random() < 0.2 else param
        result = f" -> {r.choice(CLASSES)}" if r.random() < 0.15 else ""
        head = f"def {r.choice(NAMES)}({annotated}){result}:"
        return [*decorator, head, *("    " + line for line in self._python_body(param))]

    def _python_class(self) -> list[str]:
        r = self._random
        bases = ", ".join(r.sample(CLASSES, r.randrange(0, 3)))
        lines = [f"class {r.choice(CLASSES)}({bases}):"]
        for _ in range(r.randrange(1, 4)):
            param = r.choice(("", "x"))
            name = r.choice((*ATTRIBUTES, "__init__", "__call__", "__iter__"))
            lines += [f"    def {name}(self{', ' + param if param else ''}):"]
            lines += ["        " + line for line in self._python_body(param, "self")]
        if r.random() < 0.3:
            lines.append(f"    {r.choice(ATTRIBUTES)} = {self._value()}")
        return lines

    def _python_value(self) -> list[str]:
        r = self._random
        return [r.choice((f"registry = [{self._value()}]", f"{r.choice(NAMES)} = {self._value()}", self._value()))]

    def _typescript(self) -> str:
        r = self._random
        lines = []
        for _ in range(r.randrange(1, 3)):
            module, name = r.choice(("./cart", "./shop", ".", "./index", "./fresh")), r.choice(NAMES + CLASSES)
            lines.append(
                r.choice(
                    (
                        f'import {{ {name} }} from "{module}";',
                        f'export * from "{module}";',
                        f'import * as tool from "{module}";',
                        f'export {{ {name} }} from "{module}";',
                        f'import {{ {name} as {r.choice(NAMES)} }} from "{module}";',
                    )
                )
            )
        for _ in range(r.randrange(1, 4)):
            name, other, attribute = r.choice(NAMES), r.choice(NAMES), r.choice(ATTRIBUTES)
            one, base = r.choice(CLASSES), r.choice(CLASSES)
            lines.append(
                r.choice(
                    (
                        f"export function {name}(x: {one}) {{ return x.{attribute}(); }}",
                        f"export function {name}(func) {{ return func({other}); }}",
                        f"export const {name} = () => {other}(new {one}());",
                        f"export class {one} extends {base} {{ {attribute}() {{ return this.{other}(); }} }}",
                        f"export class {one} {{ constructor(private x: {base}) {{}} {attribute}() {{ this.x(); }} }}",
                        f"{name}({other});",
                        f"new {one}().{attribute}();",
                        f"tool.{name}().{attribute}();",
                    )
                )
            )
        return "\n".join(lines) + "\n"

    def _go(self, name: str) -> str:
        r = self._random
        package = name.split("/")[0]
        lines = [f"package {package}", 'import "example.org/shop/store"' if r.random() < 0.5 else ""]
        for _ in range(r.randrange(1, 4)):
            one, attribute, function = r.choice(CLASSES), r.choice(ATTRIBUTES).title(), r.choice(NAMES).title()
            other = r.choice(NAMES).title()
            lines.append(
                r.choice(
                    (
                        f"type {one} struct {{ {r.choice(CLASSES)} }}",
                        f"type {one} interface {{ {attribute}() }}",
                        f"func (c *{one}) {attribute}() {{ c.{r.choice(ATTRIBUTES).title()}() }}",
                        f"func {function}(c {one}) {{ c.{attribute}() }}",
                        f"func {function}() *{one} {{ return &{one}{{}} }}",
                        f"func {function}() {{ store.{other}(); {other}().{attribute}() }}",
                    )
                )
            )
        return "\n".join(lines) + "\n"


def change_at_random(chance: random.Random, file: Path, text: str) -> None:
    """Put a file back, delete it, or change its lines or one of its words."""
    now = file.read_text() if file.exists() else text
    lines, words = now.splitlines(keepends=True), re.findall(r"[a-zA-Z_]{2,}", now)
    match chance.randrange(6):
        case 0:
            file.unlink(missing_ok=True)
            return
        case 1 | 2 if lines:
            del lines[chance.randrange(len(lines))]
            now = "".join(lines)
        case 3 if words:
            now = re.sub(rf"\b{chance.choice(words)}\b", chance.choice(words), now)
        case 4 if lines:
            chance.shuffle(lines)
            now = "".join(lines)
        case _:
            now = text
    file.write_text(now)
