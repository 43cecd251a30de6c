"""The library's functions as bin/autojump calls them, and its own argparse."""

import pathlib
import tempfile

import autojump_argparse
import autojump_data
import autojump_match
import autojump_utils

parser = autojump_argparse.ArgumentParser(description="a parser")
parser.add_argument("names", nargs="*")
parser.add_argument("-a", "--add")
parser.add_argument("--version", action="version", version="1")
parser.parse_args(["one"])
parser.format_help()
parser = autojump_argparse.ArgumentParser(
    description="a parser", formatter_class=autojump_argparse.ArgumentDefaultsHelpFormatter
)
either = parser.add_mutually_exclusive_group()
either.add_argument("--one", default="1", help="a number")
either.add_argument("--two", help="a number")
parser.add_argument_group("others").add_argument("--three", help="a number")
parser.format_help()
for formatter in (autojump_argparse.RawTextHelpFormatter, autojump_argparse.RawDescriptionHelpFormatter):
    parser = autojump_argparse.ArgumentParser(description="a parser", formatter_class=formatter)
    parser.add_argument("--one", help="a number")
    parser.format_help()
print(repr(parser), repr(parser._actions[0]), parser.parse_args([]) != parser.parse_args([]))

path = pathlib.Path(tempfile.mkdtemp(), "data.txt")
path.write_text("10.0\t/home/user\n20.0\t/tmp\n")
entries = list(autojump_data.entriefy(autojump_data.load({"data_path": str(path), "backup_path": f"{path}.bak"})))
for match in (autojump_match.match_anywhere, autojump_match.match_consecutive, autojump_match.match_fuzzy):
    list(match(["us"], entries))
autojump_utils.sanitize(["x", "y/"])
