"""Languages whose files are counted by lines only: no grammar, no symbols, no references."""

from typing import Final

from codeagent.languages.language import Language

# name: suffixes and exact file names (those without a dot in front), then starts of line comments
_TABLE: Final = """
Ada: .adb .ads | --
Apache config: .htaccess | #
AppleScript: .applescript | --
AsciiDoc: .adoc .asciidoc |
Assembly: .asm .s .S | ;
Astro: .astro |
AutoHotkey: .ahk | ;
Awk: .awk | #
Batch: .bat .cmd | REM rem ::
Bazel: .bzl .bazel BUILD WORKSPACE | #
CMake: .cmake CMakeLists.txt | #
COBOL: .cob .cbl .cpy | *
CSS: .css |
CSV: .csv .tsv |
Cap'n Proto: .capnp | #
Clojure: .clj .cljs .cljc .edn | ;
CoffeeScript: .coffee | #
Common Lisp: .lisp .lsp .cl | ;
Crystal: .cr | #
CUDA: .cu .cuh | //
Cython: .pyx .pxd .pxi | #
D: .d .di | //
Dart: .dart | //
Dockerfile: .dockerfile Dockerfile Containerfile | #
Elixir: .ex .exs | #
Elm: .elm | --
Emacs Lisp: .el | ;
Erlang: .erl .hrl | %
F#: .fs .fsi .fsx | //
Fennel: .fnl | ;
Fish: .fish | #
Fortran: .f .for .f90 .f95 .f03 .f08 | !
GLSL: .glsl .vert .frag .comp | //
Gettext: .po .pot | #
Gherkin: .feature | #
Gleam: .gleam | //
GraphQL: .graphql .gql .graphqls | #
Groovy: .groovy .gradle Jenkinsfile | //
HLSL: .hlsl .fx | //
HTML: .html .htm .xhtml |
Handlebars: .hbs .handlebars .mustache |
Haskell: .hs .lhs | --
Haxe: .hx | //
INI: .ini .cfg .conf .editorconfig .properties | # ;
JSON: .json .jsonc .json5 .geojson .webmanifest .ipynb .har .sarif |
JSON Lines: .jsonl .ndjson |
Jinja: .j2 .jinja .jinja2 |
Jsonnet: .jsonnet .libsonnet | // #
Julia: .jl | #
Just: .just justfile Justfile | #
LaTeX: .tex .sty .cls .bib | %
Less: .less | //
Liquid: .liquid |
MATLAB: .mlx | %
MDX: .mdx |
Makefile: .mk .mak Makefile makefile GNUmakefile | #
Meson: meson.build meson_options.txt | #
Nim: .nim .nims .nimble | #
Nix: .nix | #
Nushell: .nu | #
OCaml: .ml .mli .mll .mly |
Objective-C: .m .mm | //
Org: .org | #
Pascal: .pas .pp .dpr | //
Perl: .pl .pm .t | #
Pkl: .pkl | //
Plain text: .txt |
PowerShell: .ps1 .psm1 .psd1 | #
Prisma: .prisma | //
Prolog: .pro .prolog | %
Protocol Buffers: .proto | //
Pug: .pug .jade | //
PureScript: .purs | --
QML: .qml | //
R: .r .R | #
Racket: .rkt | ;
ReScript: .res .resi | //
Robot Framework: .robot | #
SCSS: .scss .sass | //
SVG: .svg |
Scheme: .scm .ss | ;
Smalltalk: .st |
Solidity: .sol | //
Starlark: .star | #
Stylus: .styl | //
Svelte: .svelte |
SystemVerilog: .sv .svh | //
TOML: .toml Pipfile | #
Tcl: .tcl | #
Templ: .templ | //
Terraform: .tf .tfvars .hcl | # //
Thrift: .thrift | // #
Twig: .twig |
Typst: .typ | //
V: .vsh | //
VHDL: .vhd .vhdl | --
Vala: .vala .vapi | //
Verilog: .v .vh | //
Vim script: .vim .vimrc | "
Visual Basic: .vb .bas .vbs | '
Vue: .vue |
WGSL: .wgsl | //
WebAssembly text: .wat .wast | ;;
XML: .xml .xsd .xsl .xslt .plist .csproj .vbproj .fsproj .props .targets .resx .xaml .pom |
YAML: .yaml .yml .clang-format .clang-tidy CITATION.cff | #
Zig: .zig .zon | //
reStructuredText: .rst .rest |
"""


def _read(table: str) -> tuple[Language, ...]:
    """Turn the table above into declarations."""
    languages = []
    for line in table.strip().splitlines():
        name, _, rest = line.partition(":")
        files, _, comments = rest.partition("|")
        words = files.split()
        languages.append(
            Language(
                name=name.lower(),
                suffixes=tuple(word for word in words if word.startswith(".")),
                filenames=tuple(word for word in words if not word.startswith(".")),
                grammar="",
                comments=tuple(comments.split()),
            )
        )
    return tuple(languages)


COUNTED: Final = _read(_TABLE)
