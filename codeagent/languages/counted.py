"""Languages whose files are counted by lines only: no grammar, no symbols, no references."""

from typing import Final

from codeagent.languages.language import Language

# name: suffixes and exact file names (those without a dot in front), then starts of line comments
_TABLE: Final = """
Ada: .adb .ads | --
Apache config: .htaccess | #
AppleScript: .applescript | --
AsciiDoc: .adoc .asciidoc .asc |
Assembly: .asm .s .S | ;
Astro: .astro |
AutoHotkey: .ahk | ;
Awk: .awk | #
Batch: .bat .cmd | REM rem ::
Bazel: .bzl .bazel BUILD WORKSPACE | #
Cap'n Proto: .capnp | #
Clojure: .clj .cljs .cljc .edn | ;
CMake: .cmake CMakeLists.txt | #
COBOL: .cob .cbl .cpy | *
CoffeeScript: .coffee | #
Common Lisp: .lisp .lsp .cl | ;
Crystal: .cr | #
CSS: .css |
CSV: .csv .tsv |
CUDA: .cu .cuh | //
Cython: .pyx .pxd .pxi | #
D: .d .di | //
Dart: .dart | //
Dockerfile: .dockerfile Dockerfile Containerfile | #
Dotenv: .env | #
Elixir: .ex .exs | #
Elm: .elm | --
Emacs Lisp: .el | ;
ERB: .erb .erubis .ejs |
Erlang: .erl .hrl | %
F#: .fs .fsi .fsx | //
Fennel: .fnl | ;
Fish: .fish | #
Fortran: .f .for .f90 .f95 .f03 .f08 | !
Gettext: .po .pot | #
Gherkin: .feature | #
Gleam: .gleam | //
GLSL: .glsl .vert .frag .comp | //
Go module: go.mod go.sum go.work | //
Go template: .tmpl .gotmpl .tpl |
GraphQL: .graphql .gql .graphqls | #
Groovy: .groovy .gradle Jenkinsfile | //
Haml: .haml .hamlit | -#
Handlebars: .hbs .handlebars .mustache |
Haskell: .hs .lhs | --
Haxe: .hx | //
HLSL: .hlsl .fx | //
HTML: .html .htm .xhtml |
Ignore list: .gitignore .dockerignore .npmignore .prettierignore .eslintignore .gitattributes .gitmodules .ignore | #
INI: .ini .cfg .conf .editorconfig .properties | # ;
Jinja: .j2 .jinja .jinja2 |
jq: .jq | #
JSON Lines: .jsonl .ndjson |
JSON: .json .jsonc .json5 .geojson .webmanifest .ipynb .har .sarif .xctestplan .prettierrc .eslintrc .babelrc |
Jsonnet: .jsonnet .libsonnet | // #
Julia: .jl | #
Just: .just justfile Justfile | #
LaTeX: .tex .sty .cls .bib | %
Less: .less | //
License text: LICENSE LICENSE-MIT LICENSE-APACHE UNLICENSE COPYING |
Liquid: .liquid |
M4: .m4 .ac | dnl
Makefile: .mk .mak Makefile makefile GNUmakefile | #
MATLAB: .mlx | %
MDX: .mdx |
Meson: meson.build meson_options.txt | #
MSBuild: .csproj .vbproj .fsproj .props .targets .resx .xaml .config |
Nim: .nim .nims .nimble | #
Nix: .nix | #
Nushell: .nu | #
Objective-C: .m .mm | //
OCaml: .ml .mli .mll .mly |
Org: .org | #
Pascal: .pas .pp .dpr | //
Perl: .pl .pm .t | #
Pkl: .pkl | //
Plain text: .txt AUTHORS NOTICE README CHANGELOG CODEOWNERS |
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
reStructuredText: .rst .rest |
Robot Framework: .robot | #
Roff: .1 .2 .3 .5 .8 .ronn |
Scheme: .scm .ss | ;
SCSS: .scss .sass | //
Slim: .slim | /
Smalltalk: .st |
Solidity: .sol | //
Starlark: .star | #
Stylus: .styl | //
Svelte: .svelte |
SVG: .svg |
SystemVerilog: .sv .svh | //
Tcl: .tcl | #
Templ: .templ | //
Terraform: .tf .tfvars .hcl | # //
Thrift: .thrift | // #
TOML: .toml Pipfile | #
Twig: .twig |
Typst: .typ | //
V: .vsh | //
Vala: .vala .vapi | //
Verilog: .v .vh | //
VHDL: .vhd .vhdl | --
Vim script: .vim .vimrc | "
Visual Basic: .vb .bas .vbs | '
Vue: .vue |
WebAssembly text: .wat .wast | ;;
WGSL: .wgsl | //
Xcode project: .pbxproj | //
XML: .xml .xsd .xsl .xslt .plist .pom .xcscheme .storyboard .xib .xcworkspacedata .kml |
YAML: .yaml .yml .clang-format .clang-tidy CITATION.cff | #
Zig: .zig .zon | //
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
