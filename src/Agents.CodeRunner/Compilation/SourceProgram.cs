using System.Globalization;
using System.Text;
using Agents.CodeRunner.Tracing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Emit;
using Microsoft.CodeAnalysis.Text;

namespace Agents.CodeRunner.Compilation;

/// <summary>A program made ready to be called: loose functions stand in a class, and the called function can be reached.</summary>
internal sealed class SourceProgram
{
    private const string File = "program.cs";
    private const string LooseClass = "LooseFunctions__";
    private const string HarnessClass = "Harness__";
    private const int ReportedErrors = 3;
    private static readonly CSharpParseOptions ParseOptions = new(LanguageVersion.Preview, DocumentationMode.None);
    private static readonly SyntaxTree Usings = CSharpSyntaxTree.ParseText(
        "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Text; global using System.Threading; global using System.Threading.Tasks;", ParseOptions);

    private readonly string _text;
    private readonly SyntaxTree _tree;
    private readonly CSharpCompilation _compilation;

    private SourceProgram(string text)
    {
        _text = text;
        _tree = Tree(text);
        _compilation = Compilation(_tree);
    }

    /// <summary>Prepares a program.</summary>
    /// <param name="program">Source text.</param>
    /// <param name="calls">Calls whose functions have to be reachable.</param>
    public static SourceProgram Parse(string program, params IEnumerable<string> calls)
    {
        SyntaxTree tree = Tree(program);
        var edits = new SourceEdits();
        HashSet<string> called = [.. calls.Select(CallName.Of).OfType<string>()];
        foreach (MemberDeclarationSyntax member in tree.GetCompilationUnitRoot().Members)
        {
            Prepare(member, program, called, edits);
        }

        return new SourceProgram(edits.Apply(program));
    }

    /// <summary>Compiles the program with its tests. A test that does not compile is left out.</summary>
    /// <param name="tests">Calls and expected values.</param>
    /// <param name="errors">Why tests were left out, by index; with the key -1 why the program does not compile.</param>
    /// <returns>The assembly with a static method <c>Call{i}</c> and <c>Expected{i}</c> per test; null when the program does not compile.</returns>
    public CompiledProgram? Compile(IReadOnlyList<(string Call, string Expected)> tests, out Dictionary<int, string> errors)
    {
        errors = [];
        while (true)
        {
            Dictionary<int, string> left = errors;
            string harness = Harness(Enumerable.Range(0, tests.Count).Where(index => !left.ContainsKey(index)).Select(index => (index, tests[index].Call, tests[index].Expected)));
            CompiledProgram? compiled = Emit(_compilation.AddSyntaxTrees(Tree(harness, HarnessClass)), errors);
            if (compiled is not null || errors.ContainsKey(-1) || errors.Count >= tests.Count)
            {
                return compiled;
            }
        }
    }

    /// <summary>Compiles the program so that a call records its blocks.</summary>
    /// <param name="call">The call.</param>
    /// <param name="sites">What is recorded where.</param>
    /// <param name="error">Why that is not possible.</param>
    public CompiledProgram? CompileTraced(string call, out IReadOnlyList<RecordSite> sites, out string? error)
    {
        sites = [];
        Dictionary<int, string> errors = [];
        if (CallName.Of(call) is not { } name || Methods(name).FirstOrDefault() is not { } method)
        {
            error = $"the program has no function for '{call}'";
            return null;
        }

        if (Emit(_compilation, errors) is null)
        {
            error = errors[-1];
            return null;
        }

        var instrumentation = new BlockInstrumentation(_text, _compilation.GetSemanticModel(_tree));
        SyntaxTree traced = Tree(instrumentation.Apply(method));
        sites = instrumentation.Sites;
        string harness = Harness([(0, call, "null")]);
        CompiledProgram? compiled = Emit(Compilation(traced).AddSyntaxTrees(Tree(harness, HarnessClass)), errors);
        error = compiled is null ? "the program could not be traced: " + errors.First().Value : null;
        return compiled;
    }

    private static SyntaxTree Tree(string text, string path = File) => CSharpSyntaxTree.ParseText(SourceText.From(text, Encoding.UTF8), ParseOptions, path);

    private static CSharpCompilation Compilation(SyntaxTree tree) => CSharpCompilation.Create(
        "program", [tree, Usings], FrameworkReferences.All, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Debug));

    private static void Prepare(MemberDeclarationSyntax member, string program, HashSet<string> called, SourceEdits edits)
    {
        switch (member)
        {
            case GlobalStatementSyntax { Statement: LocalFunctionStatementSyntax function }:
                Enclose(function, function.Modifiers, edits);
                break;
            case GlobalStatementSyntax { Statement: LocalDeclarationStatementSyntax { Declaration.Type.IsVar: false } field }
                when !field.DescendantTokens().Any(token => called.Contains(token.Text)):
                // Data that the functions share.
                Enclose(field, field.Modifiers, edits);
                break;
            case GlobalStatementSyntax statement:
                // Examples below the functions: they would run instead of the tests.
                edits.Blank(statement.SpanStart, program.Substring(statement.SpanStart, statement.Span.Length));
                break;
            case MethodDeclarationSyntax method:
                Enclose(method, method.Modifiers, edits);
                break;
            case BaseFieldDeclarationSyntax or PropertyDeclarationSyntax:
                Enclose(member, member.Modifiers, edits);
                break;
            case BaseNamespaceDeclarationSyntax space:
                foreach (MemberDeclarationSyntax inner in space.Members)
                {
                    Prepare(inner, program, called, edits);
                }

                break;
            case TypeDeclarationSyntax type:
                Open(type, called, edits);
                break;
        }
    }

    private static void Enclose(SyntaxNode member, SyntaxTokenList modifiers, SourceEdits edits)
    {
        edits.Insert(member.SpanStart, $"public static partial class {LooseClass} {{ public ");
        foreach (SyntaxToken modifier in modifiers.Where(modifier => modifier.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.PrivateKeyword or SyntaxKind.InternalKeyword or SyntaxKind.ProtectedKeyword))
        {
            edits.Replace(modifier.SpanStart, modifier.Span.Length, "");
        }

        if (!modifiers.Any(modifier => modifier.Kind() is SyntaxKind.StaticKeyword or SyntaxKind.ConstKeyword))
        {
            edits.Insert(modifiers.Count > 0 ? modifiers.Span.End : member.SpanStart, " static ");
        }

        edits.Insert(member.Span.End, " }");
    }

    // A called method that only its own class may call is opened, and so are the classes around it.
    private static void Open(TypeDeclarationSyntax type, HashSet<string> called, SourceEdits edits)
    {
        foreach (MemberDeclarationSyntax member in type.Members)
        {
            if (member is MethodDeclarationSyntax { ExplicitInterfaceSpecifier: null } method && called.Contains(method.Identifier.Text))
            {
                Publish(method.Modifiers, method.ReturnType.SpanStart, edits);
            }
            else if (member is TypeDeclarationSyntax inner && inner.DescendantNodes().OfType<MethodDeclarationSyntax>().Any(found => called.Contains(found.Identifier.Text)))
            {
                Publish(inner.Modifiers, inner.Keyword.SpanStart, edits);
                Open(inner, called, edits);
            }
        }
    }

    private static void Publish(SyntaxTokenList modifiers, int start, SourceEdits edits)
    {
        if (modifiers.Any(modifier => modifier.Kind() is SyntaxKind.PublicKeyword or SyntaxKind.InternalKeyword))
        {
            return;
        }

        edits.Insert(modifiers.Count > 0 ? modifiers[0].SpanStart : start, "public ");
        foreach (SyntaxToken modifier in modifiers.Where(modifier => modifier.Kind() is SyntaxKind.PrivateKeyword or SyntaxKind.ProtectedKeyword))
        {
            edits.Replace(modifier.SpanStart, modifier.Span.Length, "");
        }
    }

    // One line per test, so that an error's line tells the test: line i + 1 holds the i-th of the given tests' index as a line directive.
    private string Harness(IEnumerable<(int Index, string Call, string Expected)> tests)
    {
        var text = new StringBuilder();
        foreach ((int index, string call, string expected) in tests)
        {
            text.Append(CultureInfo.InvariantCulture, $"#line {index + 1} \"{HarnessClass}\"\n");
            text.Append(CultureInfo.InvariantCulture, $"public static partial class {HarnessClass} {{ public static object Call{index}() => (object)({Literals.CSharp(OneLine(Qualified(call)))}); ");
            text.Append(CultureInfo.InvariantCulture, $"public static object Expected{index}() => (object)({Literals.CSharp(OneLine(expected))}); }}\n");
        }

        return text.ToString();
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private IEnumerable<SyntaxNode> Methods(string name) =>
        _tree.GetRoot().DescendantNodes().OfType<MethodDeclarationSyntax>().Where(method => method.Identifier.Text == name);

    // F(3) becomes Type.F(3), or new Type().F(3) for a method of an object.
    private string Qualified(string call)
    {
        if (SyntaxFactory.ParseExpression(call) is not InvocationExpressionSyntax { Expression: SimpleNameSyntax name }
            || Methods(name.Identifier.Text).FirstOrDefault() is not MethodDeclarationSyntax method
            || _compilation.GetSemanticModel(_tree).GetDeclaredSymbol(method)?.ContainingType is not { IsGenericType: false } type)
        {
            return call;
        }

        string owner = type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);
        return method.Modifiers.Any(SyntaxKind.StaticKeyword) ? $"{owner}.{call}" : $"new {owner}().{call}";
    }

    private static CompiledProgram? Emit(CSharpCompilation compilation, Dictionary<int, string> errors)
    {
        using var image = new MemoryStream();
        using var symbols = new MemoryStream();
        EmitResult result = compilation.Emit(image, symbols, options: new EmitOptions(debugInformationFormat: DebugInformationFormat.PortablePdb));
        if (result.Success)
        {
            return new CompiledProgram(image.ToArray(), symbols.ToArray());
        }

        List<string> own = [];
        foreach (Diagnostic diagnostic in result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).OrderBy(diagnostic => diagnostic.Location.SourceSpan.Start))
        {
            FileLinePositionSpan at = diagnostic.Location.GetMappedLineSpan();
            string message = $"{diagnostic.Id}: {diagnostic.GetMessage(CultureInfo.InvariantCulture)}";
            if (at.Path == HarnessClass)
            {
                errors.TryAdd(at.StartLinePosition.Line, "the test does not compile: " + message);
            }
            else if (own.Count < ReportedErrors)
            {
                own.Add($"{message} (line {at.StartLinePosition.Line + 1})");
            }
        }

        if (own.Count > 0)
        {
            errors[-1] = "the program does not compile: " + string.Join("; ", own);
        }

        return null;
    }
}
