"""Recall and precision of what is reported as dead, on the cases of vulture's own tests.

Usage: python benchmarks/dead_code.py [CASES] [--show] [--codeagent PROGRAM]

CASES is a file of JSON lines, each with `id`, `code` and `expect`: lists of names by kind, such as `unused_vars`
(by default `../shared/benchmarks/dead_code_vulture.jsonl` beside this checkout). Each case becomes a file of its own
tree, named as its test calls for, and `codeagent analyze` is asked. A kind that a case does not speak of is not
scored there. Names are compared as sets. Every certainty counts; the last row takes what is `exact` alone.
"""

import argparse
import collections
import json
import pathlib
import re
import subprocess
import sys
import tempfile

SHARED = pathlib.Path(__file__).parents[2] / "shared" / "benchmarks" / "dead_code_vulture.jsonl"
KINDS = {
    "import": "unused_imports",
    "function": "unused_funcs",
    "method": "unused_methods",
    "class": "unused_classes",
    "property": "unused_props",
    "variable": "unused_vars",
    "constant": "unused_vars",
    "parameter": "unused_vars",
    "attribute": "unused_attrs",
}
RULES = ("dead-code", "unused-import", "unused-value")
SAID = re.compile(
    r"nothing (?:uses|reads) the (?P<kind>[a-z]+) (?P<name>[^\s;,]+)|(?P<import>\S+) is imported and never used"
)


def asked(codeagent: str, name: str, code: str) -> list[tuple[str, str, str]]:
    """What is reported of one file: kind, name, certainty."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, name).write_text(code)
        command = [codeagent, "analyze", folder, "--format", "json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode not in (0, 1):
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr}")
    found = []
    for one in json.loads(done.stdout)["findings"]:
        said = SAID.match(one["message"]) if one["rule"] in RULES else None
        if said:
            kind, name = ("import", said["import"]) if said["import"] else (said["kind"], said["name"])
            found.append((KINDS[kind], name.rpartition(".")[2], one["certainty"]))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=pathlib.Path, nargs="?", default=SHARED)
    parser.add_argument("--show", action="store_true", help="tell each name that is missing or too much")
    parser.add_argument("--codeagent", default="codeagent", help="the program to ask")
    arguments = parser.parse_args()
    if not arguments.cases.exists():
        sys.exit(f"no cases at {arguments.cases}: name the file that holds them")
    right, missing, extra = (collections.Counter() for _ in range(3))
    for line in arguments.cases.read_text().splitlines():
        case = json.loads(line)
        name = "test_code.py" if "_in_test_file" in case["id"] else "code.py"
        found = asked(arguments.codeagent, "__init__.py" if "init_py" in case["id"] else name, case["code"])
        for kind in sorted(set(KINDS.values()) & set(case["expect"])):
            want = set(map(str, case["expect"][kind]))
            have = {name for of, name, _ in found if of == kind}
            sure = {name for of, name, certainty in found if of == kind and certainty == "exact"}
            for key, names in ((kind, have), ("exact", sure)):
                right[key] += len(want & names)
                extra[key] += len(names - want)
                missing[key] += len(want - names)
            for sign, names in (("missing", want - have), ("too much", have - want)):
                for one in sorted(names) if arguments.show else ():
                    print(f"  {case['id']}: {sign}: {kind} {one}")
    print("| | recall | precision | right / too much / missing |\n|---|---|---|---|")
    for kind in (*dict.fromkeys(KINDS.values()), "exact"):
        shares = [100 * right[kind] / max(right[kind] + wrong[kind], 1) for wrong in (missing, extra)]
        figures = f"{right[kind]} / {extra[kind]} / {missing[kind]}"
        print(f"| {kind.removeprefix('unused_')} | {shares[0]:.0f} % | {shares[1]:.0f} % | {figures} |")


if __name__ == "__main__":
    main()
