"""Which tests a change concerns, as `gate --plan` names them: enough of them, and not all."""

import json
import shlex
from textwrap import dedent

import pytest

from codeagent.config import load_config
from codeagent.graph.update import open_graph
from codeagent.workflows.gate import Request, change_of

FILES = {
    "pyproject.toml": "[tool.pytest.ini_options]\n",
    "shop/__init__.py": "",
    "shop/text.py": """
        from shop.lazy import lazily


        @lazily
        def slug(text):
            return text.lower()


        @lazily
        def bystander(text):
            return text


        def short(text):
            return text[:3]
    """,
    "shop/lazy.py": """
        def lazily(function):
            def wrapper(*args):
                return function(*args)

            return wrapper
    """,
    "shop/filters.py": """
        import re
        from shop.text import short, slug


        def slugged(text):
            return slug(text)


        def shortened(text):
            return short(text)
    """,
    "shop/more.py": "from shop.filters import short\n\n\ndef shorter(text):\n    return short(text)\n",
    "tests/test_slugged.py": "from shop import filters\n\n\ndef test():\n    assert filters.slugged('A') == 'a'\n",
    "tests/test_shortened.py": "from shop import filters\n\n\ndef test():\n    assert filters.shortened('abcd')\n",
    "tests/test_bystander.py": "from shop.text import bystander\n\n\ndef test():\n    assert bystander('a')\n",
    "tests/test_more.py": "from shop import more\n\n\ndef test():\n    assert more.shorter('a')\n",
}


@pytest.fixture(params=["all links", "single answers"])
def concerned(repo, invoke, monkeypatch, request):
    if request.param == "single answers":
        monkeypatch.setattr("codeagent.graph.deferred._SOON", -1)
    made = repo(FILES)
    assert invoke("index", cwd=made.root).code == 0

    def ask(changed: dict[str, str]) -> set[str]:
        made.write(changed)
        told = json.loads(invoke("gate", "--plan", "--only", "tests", "--format", "json", cwd=made.root).out)
        words = [word for gate in told["gates"] for line in gate["commands"] for word in shlex.split(line)]
        return {word.removeprefix("tests/test_").removesuffix(".py") for word in words if word.startswith("tests/")}

    return ask


def text_of(path: str, old: str, new: str) -> dict[str, str]:
    text = dedent(FILES[path]).lstrip("\n")
    assert old in text
    return {path: text.replace(old, new)}


def test_a_renamed_import_concerns_who_says_the_name(concerned) -> None:
    renamed = {**text_of("shop/text.py", "def slug(", "def slug_of("), **text_of("shop/filters.py", "slug", "slug_of")}
    filters = renamed["shop/filters.py"].replace("slug_ofged", "slugged")
    assert concerned({**renamed, "shop/filters.py": filters}) == {"slugged"}


def test_a_decorated_function_does_not_concern_all_that_is_decorated_so(concerned) -> None:
    assert concerned(text_of("shop/text.py", "text.lower()", "text.upper()")) == {"slugged"}


def test_a_wrapper_that_changes_concerns_all_that_it_wraps(concerned) -> None:
    changed = concerned(text_of("shop/lazy.py", "function(*args)", "function(*args) + 'x'"))
    assert changed >= {"slugged", "bystander"}


def test_an_import_that_is_passed_on_concerns_who_imports_the_file(concerned) -> None:
    changed = text_of("shop/filters.py", "short, slug", "slug\nfrom shop.other import short")
    assert concerned({**changed, "shop/other.py": "def short(text):\n    return text[:2]\n"}) >= {"shortened", "more"}


@pytest.mark.parametrize(
    "line", ["import re; re.purge()", "from shop.lazy import *", "import shop.more", "re = 1", "if 1: import re"]
)
def test_a_line_that_does_more_than_import_for_a_function_concerns_all_importers(concerned, line) -> None:
    assert concerned(text_of("shop/filters.py", "import re\n", f"{line}\n")) >= {"slugged", "shortened"}


def test_a_function_in_a_new_module_concerns_who_calls_it(concerned) -> None:
    text = {"shop/text.py": "\n\ndef short(text):\n    return text[:3]\n"}
    slugs = """
        \"\"\"Slugs.\"\"\"

        from __future__ import annotations

        from shop.lazy import lazily


        @lazily
        def slug(text):
            return text.lower()


        @lazily
        def bystander(text):
            return text
    """
    filters = text_of(
        "shop/filters.py",
        "from shop.text import short, slug",
        "from shop.slugs import slug\nfrom shop.text import short",
    )
    test = text_of("tests/test_bystander.py", "shop.text", "shop.slugs")
    moved = concerned({**text, **filters, **test, "shop/slugs.py": dedent(slugs).lstrip("\n")})
    assert moved == {"slugged", "bystander"}


def test_a_function_that_is_added_concerns_who_calls_it_not_who_imports_the_module(concerned) -> None:
    added = text_of("shop/text.py", "def short(", "def long(text):\n    return text\n\n\ndef short(")
    test = {"tests/test_long.py": "from shop.text import long\n\n\ndef test():\n    assert long('a')\n"}
    assert concerned({**added, **test}) == {"long"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("    # the first\n", set()),
        ("    # the first", set()),
        ('    """\n    # the first\n    """', {"shortened", "more"}),
    ],
)
def test_a_comment_concerns_nobody_but_in_a_text_it_is_one(concerned, text, said) -> None:
    assert concerned(text_of("shop/text.py", "    return text[:3]", f"{text}\n    return text[:3]")) == said


def test_a_statement_between_functions_concerns_all_importers(concerned) -> None:
    changed = text_of("shop/text.py", "def short(", "print('imported')\n\n\ndef short(")
    assert concerned(changed) >= {"slugged", "shortened", "bystander", "more"}


@pytest.mark.parametrize(
    ("files", "changed", "path"),
    [
        ({"Cargo.toml": "[package]\nname = 'shop'\n", "src/lib.rs": """
            pub fn slug(text: &str) -> String {
                text.to_lowercase()
            }

            #[cfg(test)]
            mod tests {
                #[test]
                fn lowers() {
                    assert_eq!(super::slug("A"), "a");
                }
            }
         """}, ("to_lowercase", "to_uppercase"), "src/lib.rs"),
        ({"Cargo.toml": "[package]\nname = 'shop'\n", "src/lib.rs": """
            //! ```
            //! assert_eq!(shop::slug::slug("A"), "a");
            //! ```
            pub mod slug;
         """, "src/slug.rs": "pub fn slug(text: &str) -> String {\n    text.to_lowercase()\n}\n"},
         ("to_lowercase", "to_uppercase"), "src/slug.rs"),
        ({"package.json": '{"scripts": {"test": "vitest run"}}', "src/slug.ts": """
            export const slug = (text: string) => text.toLowerCase()

            if (import.meta.vitest) {
                const { it, expect } = import.meta.vitest
                it('lowers', () => expect(slug('A')).toBe('a'))
            }
         """}, ("toLower", "toUpper"), "src/slug.ts"),
    ],
    ids=["of Rust", "in comments of Rust", "of vitest"],
)  # fmt: skip
def test_tests_that_stand_in_the_product_are_concerned(repo, invoke, files, changed, path) -> None:
    made = repo({name: dedent(text).lstrip("\n") for name, text in files.items()})
    made.write({path: dedent(files[path]).lstrip("\n").replace(*changed)})
    told = json.loads(invoke("gate", "--plan", "--only", "tests", "--format", "json", cwd=made.root).out)
    assert told["gates"][0]["commands"], told


def test_what_a_changed_function_gives_concerns_who_uses_that(concerned) -> None:
    changed = text_of("shop/text.py", "return text[:3]", "return text[:3].strip")
    assert concerned(changed) >= {"shortened", "more"}


def test_an_edit_that_reaches_everything_is_followed_without_linking_everything(repo, monkeypatch) -> None:
    monkeypatch.setattr("codeagent.graph.deferred._SOON", -1)
    made = repo(FILES)
    config = load_config(made.root)
    open_graph(made.root, config=config)
    made.write(text_of("shop/text.py", "text.lower()", "text.upper()"))
    change = change_of(made.root, Request(), config)
    assert change.concerned()[0] == {"tests/test_slugged.py"}
    assert not change.after_graph.at_hand
