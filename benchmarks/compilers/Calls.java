// Print what javac says each call calls: java Calls.java ROOT [PART OF A PATH …], with a JDK (nothing to install).
// A line per call: [path, line, name, kind, [[path, line, what the declaration is], …]].

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodInvocationTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.NewClassTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Element;
import javax.lang.model.element.ElementKind;
import javax.lang.model.element.Modifier;
import javax.lang.model.type.TypeKind;
import javax.lang.model.util.Elements;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

public class Calls {
    static Path root;
    static Trees trees;
    static SourcePositions positions;
    static Elements elements;

    public static void main(String[] args) throws Exception {
        root = Path.of(args[0]).toRealPath();
        List<String> parts = Arrays.asList(args).subList(1, args.length);
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(p -> p.toString().endsWith(".java") && !p.endsWith("module-info.java"))
                    .filter(p -> parts.isEmpty() || parts.stream().anyMatch(p.toString()::contains)).toList();
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StandardJavaFileManager manager = compiler.getStandardFileManager(problem -> {}, null, null);
        JavacTask task = (JavacTask) compiler.getTask(
                null, manager, problem -> {}, List.of("-proc:none"), null, manager.getJavaFileObjectsFromPaths(files));
        List<CompilationUnitTree> units = new ArrayList<>();
        task.parse().forEach(units::add);
        task.analyze(); // what is not on the class path stays unknown
        trees = Trees.instance(task);
        positions = trees.getSourcePositions();
        elements = task.getElements();
        for (CompilationUnitTree unit : units) {
            new Visitor(unit).scan(unit, null);
        }
    }

    static class Visitor extends TreePathScanner<Void, Void> {
        final CompilationUnitTree unit;

        Visitor(CompilationUnitTree unit) {
            this.unit = unit;
        }

        @Override
        public Void visitMethodInvocation(MethodInvocationTree call, Void none) {
            Tree called = call.getMethodSelect();
            boolean member = called instanceof MemberSelectTree;
            String name = member ? ((MemberSelectTree) called).getIdentifier().toString() : called.toString();
            long end = positions.getEndPosition(unit, called);
            Element element = trees.getElement(new TreePath(getCurrentPath(), called));
            if (!name.equals("super") && !name.equals("this")) {
                print("call", name, member ? end - name.length() : positions.getStartPosition(unit, called), element);
            }
            return super.visitMethodInvocation(call, none);
        }

        @Override
        public Void visitNewClass(NewClassTree made, Void none) {
            Element element = trees.getElement(getCurrentPath());
            if (made.getClassBody() == null && element != null && elements.getOrigin(element) == Elements.Origin.EXPLICIT) {
                String name = element.getEnclosingElement().getSimpleName().toString();
                print("new", name, positions.getStartPosition(unit, made.getIdentifier()), element);
            }
            return super.visitNewClass(made, none);
        }

        void print(String kind, String name, long position, Element element) {
            TreePath path = element == null ? null : trees.getPath(element);
            if (path == null || position < 0 || element.asType().getKind() == TypeKind.ERROR) {
                return;
            }
            String what = element.getModifiers().contains(Modifier.ABSTRACT) ? "abstract" : element.getKind().toString();
            CompilationUnitTree other = path.getCompilationUnit();
            long line = other.getLineMap().getLineNumber(named(path, element));
            System.out.printf("[\"%s\", %d, \"%s\", \"%s\", [[\"%s\", %d, \"%s\"]]]%n", relative(unit),
                    unit.getLineMap().getLineNumber(position), name, kind, relative(other), line, what);
        }
    }

    static String relative(CompilationUnitTree unit) {
        return root.relativize(Path.of(unit.getSourceFile().toUri())).toString();
    }

    /** Where the name of a declaration stands: javac keeps only where the declaration begins. */
    static long named(TreePath path, Element element) {
        Tree tree = path.getLeaf();
        boolean constructor = element.getKind() == ElementKind.CONSTRUCTOR;
        Element bearer = constructor ? element.getEnclosingElement() : element;
        long from = positions.getStartPosition(path.getCompilationUnit(), tree);
        ModifiersTree modifiers = tree instanceof MethodTree method ? method.getModifiers()
                : tree instanceof ClassTree type ? type.getModifiers() : null;
        if (modifiers != null) {
            from = Math.max(from, positions.getEndPosition(path.getCompilationUnit(), modifiers));
        }
        try {
            CharSequence text = path.getCompilationUnit().getSourceFile().getCharContent(true);
            Matcher name = Pattern.compile("\\b" + Pattern.quote(bearer.getSimpleName().toString()) + "\\b").matcher(text);
            return name.find((int) from) ? name.start() : from;
        } catch (IOException gone) {
            return from;
        }
    }
}
