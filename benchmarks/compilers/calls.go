// Print what Go's type checker says each call calls: go run calls.go ROOT (standard library only).
// A line per call: [path, line, name, kind, [[path, line, what the declaration is], …]].
package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"strings"
)

type row = []interface{}

func main() {
	root, err := filepath.Abs(os.Args[1])
	if err == nil {
		err = os.Chdir(root) // the importer looks for the module from here
	}
	if err != nil {
		panic(err)
	}
	folders := map[string]bool{}
	_ = filepath.Walk(root, func(path string, info os.FileInfo, err error) error {
		if err == nil && strings.HasSuffix(path, ".go") && !strings.Contains(path, "/testdata/") {
			folders[filepath.Dir(path)] = true
		}
		return nil
	})
	files := token.NewFileSet()
	from := importer.ForCompiler(files, "source", nil)
	place := func(position token.Pos) row {
		at := files.Position(position)
		path, _ := filepath.Rel(root, at.Filename)
		return row{path, at.Line}
	}
	for folder := range folders {
		built := func(info os.FileInfo) bool { // of files that exclude each other those of a plain build
			match, err := build.Default.MatchFile(folder, info.Name())
			return err == nil && match
		}
		packages, err := parser.ParseDir(files, folder, built, 0)
		if err != nil {
			continue
		}
		for _, one := range packages {
			check(folder, one, files, from, place)
		}
	}
}

func check(folder string, one *ast.Package, files *token.FileSet, from types.Importer, place func(token.Pos) row) {
	var syntax []*ast.File
	for _, file := range one.Files {
		syntax = append(syntax, file)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	settings := types.Config{Importer: from, Error: func(error) {}, FakeImportC: true} // what is not installed is unknown
	_, _ = settings.Check(folder, files, syntax, info)
	for _, file := range syntax {
		ast.Inspect(file, func(node ast.Node) bool {
			if call, ok := node.(*ast.CallExpr); ok {
				print(call, info, place)
			}
			return true
		})
	}
}

func print(call *ast.CallExpr, info *types.Info, place func(token.Pos) row) {
	var name *ast.Ident
	switch called := call.Fun.(type) {
	case *ast.Ident:
		name = called
	case *ast.SelectorExpr:
		name = called.Sel
	}
	if name == nil || info.Uses[name] == nil || !info.Uses[name].Pos().IsValid() {
		return
	}
	kind := ""
	switch object := info.Uses[name].(type) {
	case *types.Func:
		kind = "func"
		if receiver := object.Type().(*types.Signature).Recv(); receiver != nil && types.IsInterface(receiver.Type()) {
			kind = "interface"
		}
	case *types.Var:
		kind = "var"
	default: // a conversion, a builtin
		return
	}
	at := append(place(name.Pos()), name.Name, "call", []row{append(place(info.Uses[name].Pos()), kind)})
	text, _ := json.Marshal(at)
	fmt.Println(string(text))
}
