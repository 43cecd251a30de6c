// Print what the TypeScript compiler says each call calls: node calls.js ROOT, with the package `typescript` installed.
// A line per call: [path, line, name, kind, [[path, line, what the declaration is], …]].
const fs = require("fs"), path = require("path"), ts = require("typescript");
const root = path.resolve(process.argv[2]);
const files = [];
(function walk(folder) {
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (["node_modules", ".git", "dist"].includes(entry.name)) continue;
    const place = path.join(folder, entry.name);
    if (entry.isDirectory()) walk(place);
    else if (/\.tsx?$/.test(entry.name)) files.push(place);
  }
})(root);
const asked = new Set(files);
let options = { strict: true, jsx: ts.JsxEmit.Preserve, target: 99, module: 99, moduleResolution: 100 };
const settings = path.join(root, "tsconfig.json");
if (fs.existsSync(settings)) {
  const { config } = ts.readConfigFile(settings, ts.sys.readFile);
  options = ts.parseJsonConfigFileContent(config, ts.sys, root).options;
}
const program = ts.createProgram(files, { ...options, noEmit: true, skipLibCheck: true });
const checker = program.getTypeChecker();
const place = (file, position) => [path.relative(root, file.fileName), file.getLineAndCharacterOfPosition(position).line + 1];

function declarations(call, name) {
  let symbol = checker.getSymbolAtLocation(name);
  if (symbol && symbol.flags & ts.SymbolFlags.Alias) symbol = checker.getAliasedSymbol(symbol);
  const signature = checker.getResolvedSignature(call);
  const found = [...(symbol?.declarations ?? []), ...(signature?.declaration ? [signature.declaration] : [])];
  const what = (one) => (ts.getCombinedModifierFlags(one) & ts.ModifierFlags.Abstract ? "abstract " : "") + ts.SyntaxKind[one.kind];
  return found.map((one) => [...place(one.getSourceFile(), (one.name ?? one).getStart(one.getSourceFile())), what(one)]);
}

for (const file of program.getSourceFiles()) {
  if (!asked.has(file.fileName)) continue;
  (function visit(node) {
    if (ts.isCallExpression(node) || ts.isNewExpression(node)) {
      const name = ts.isPropertyAccessExpression(node.expression) ? node.expression.name : node.expression;
      const kind = ts.isNewExpression(node) ? "new" : "call";
      const text = ts.isIdentifier(name) || ts.isPrivateIdentifier(name) ? name.text : "";
      if (text) console.log(JSON.stringify([...place(file, name.getStart(file)), text, kind, declarations(node, name)]));
    }
    ts.forEachChild(node, visit);
  })(file);
}
