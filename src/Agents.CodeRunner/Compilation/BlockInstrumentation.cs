using System.Globalization;
using Agents.CodeRunner.Tracing;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Agents.CodeRunner.Compilation;

/// <summary>
/// Cuts a method into basic blocks and writes a call of the recorder behind each: straight-line statements end at a branch, the header of a loop is a block of its own because it is jumped to, the condition
/// of an <c>if</c> belongs to the statements before it. Local functions and lambdas inside of the method are left alone.
/// </summary>
/// <param name="text">The program.</param>
/// <param name="model">Meaning of the program.</param>
internal sealed class BlockInstrumentation(string text, SemanticModel model)
{
    private const string Recorder = "global::Agents.CodeRunner.Tracing.Recorder";
    private readonly SourceEdits _edits = new();
    private readonly List<RecordSite> _sites = [];
    private readonly string[] _lines = text.ReplaceLineEndings("\n").Split('\n');
    private int _blocks;

    /// <summary>Gets what is recorded where.</summary>
    public IReadOnlyList<RecordSite> Sites => _sites;

    /// <summary>Returns the program with the method instrumented. Line numbers stay as they are.</summary>
    /// <param name="method">The method.</param>
    public string Apply(SyntaxNode method)
    {
        if (method is MethodDeclarationSyntax { Body: { } body })
        {
            Statements(body.Statements);
        }
        else if (method is MethodDeclarationSyntax { ExpressionBody: { } arrow } short_)
        {
            bool gives = model.GetTypeInfo(arrow.Expression).Type?.SpecialType != SpecialType.System_Void;
            string visit = Visit(NewBlock(arrow.Expression), model.AnalyzeDataFlow(arrow.Expression) is { Succeeded: true } flow ? Values(flow.DefinitelyAssignedOnEntry, arrow.SpanStart) : []);
            _edits.Replace(arrow.ArrowToken.SpanStart, arrow.ArrowToken.Span.Length, $"{{ {visit}{(gives ? "return " : "")}");
            _edits.Insert(short_.SemicolonToken.Span.End, " }");
        }

        return _edits.Apply(text);
    }

    private void Statements(IEnumerable<StatementSyntax> statements)
    {
        List<StatementSyntax> run = [];
        foreach (StatementSyntax statement in statements)
        {
            switch (statement)
            {
                case LocalFunctionStatementSyntax or EmptyStatementSyntax:
                    break;
                case ReturnStatementSyntax or ThrowStatementSyntax or BreakStatementSyntax or ContinueStatementSyntax or GotoStatementSyntax:
                    run.Add(statement);
                    Insert(statement.SpanStart, NewBlock([.. run]), Before(statement));
                    run.Clear();
                    break;
                case IfStatementSyntax branch when Wraps(branch.Condition):
                    Wrap(branch.Condition, NewBlock([.. run, branch.Condition]));
                    run.Clear();
                    Branches(branch);
                    break;
                case LocalDeclarationStatementSyntax or ExpressionStatementSyntax or YieldStatementSyntax:
                    run.Add(statement);
                    break;
                default:
                    Close(run);
                    Compound(statement);
                    break;
            }
        }

        Close(run);
    }

    // The record stands behind the last statement of the block.
    private void Close(List<StatementSyntax> run)
    {
        if (run.Count > 0)
        {
            StatementSyntax last = run[^1];
            Insert(last.Span.End, NewBlock([.. run]), model.AnalyzeDataFlow(last) is { Succeeded: true } flow ? Values(flow.DefinitelyAssignedOnExit, last.Span.End) : []);
            run.Clear();
        }
    }

    private void Compound(StatementSyntax statement)
    {
        switch (statement)
        {
            case BlockSyntax block:
                Statements(block.Statements);
                break;
            case IfStatementSyntax branch:
                int condition = NewBlock(branch.Condition);
                Embedded(branch.Statement, condition);
                Otherwise(branch);
                break;
            case WhileStatementSyntax loop:
                Loop(loop.Condition, loop.Statement, loop);
                break;
            case ForStatementSyntax loop:
                Loop(loop.Condition, loop.Statement, loop);
                break;
            case CommonForEachStatementSyntax loop:
                Embedded(loop.Statement, NewBlock(loop.GetFirstToken(), loop.CloseParenToken));
                break;
            case DoStatementSyntax loop:
                Embedded(loop.Statement, null);
                if (Wraps(loop.Condition))
                {
                    Wrap(loop.Condition, NewBlock(loop.Condition));
                }

                break;
            case SwitchStatementSyntax choice:
                Insert(choice.SpanStart, NewBlock(choice.GetFirstToken(), choice.OpenBraceToken.GetPreviousToken()), Before(choice));
                foreach (SwitchSectionSyntax section in choice.Sections)
                {
                    Statements(section.Statements);
                }

                break;
            case TryStatementSyntax attempt:
                Statements(attempt.Block.Statements);
                foreach (CatchClauseSyntax handler in attempt.Catches)
                {
                    Statements(handler.Block.Statements);
                }

                if (attempt.Finally is { } last)
                {
                    Statements(last.Block.Statements);
                }

                break;
            case UsingStatementSyntax use:
                Embedded(use.Statement, NewBlock(use.GetFirstToken(), use.CloseParenToken));
                break;
            case LockStatementSyntax use:
                Embedded(use.Statement, NewBlock(use.GetFirstToken(), use.CloseParenToken));
                break;
            case CheckedStatementSyntax block:
                Statements(block.Block.Statements);
                break;
        }
    }

    private void Loop(ExpressionSyntax? condition, StatementSyntax body, StatementSyntax loop)
    {
        // The header: everything before the body.
        int header = NewBlock(loop.GetFirstToken(), body.GetFirstToken().GetPreviousToken());
        if (condition is not null && Wraps(condition))
        {
            Wrap(condition, header);
            Embedded(body, null);
        }
        else
        {
            Embedded(body, header);
        }
    }

    private void Branches(IfStatementSyntax branch)
    {
        Embedded(branch.Statement, null);
        Otherwise(branch);
    }

    private void Otherwise(IfStatementSyntax branch)
    {
        if (branch.Else is { } otherwise)
        {
            Embedded(otherwise.Statement, null);
        }
    }

    // A single statement gets braces, so that records can stand beside it. A header that cannot record itself is recorded where the body begins.
    private void Embedded(StatementSyntax body, int? header)
    {
        string visit = header is { } block ? Visit(block, Before(body)) : "";
        if (body is BlockSyntax braces)
        {
            _edits.Insert(braces.OpenBraceToken.Span.End, visit);
            Statements(braces.Statements);
            return;
        }

        _edits.Insert(body.SpanStart, "{ " + visit);
        Statements([body]);
        _edits.Insert(body.Span.End, " }");
    }

    // Handing a condition to a call would lose what its patterns and declarations assign; a constant one decides what can be reached.
    private bool Wraps(ExpressionSyntax condition) =>
        !model.GetConstantValue(condition).HasValue && !condition.DescendantNodesAndSelf().Any(node => node is VariableDesignationSyntax)
        && model.GetTypeInfo(condition).Type?.SpecialType == SpecialType.System_Boolean;

    private void Wrap(ExpressionSyntax condition, int block)
    {
        IReadOnlyList<string> names = model.AnalyzeDataFlow(condition) is { Succeeded: true } flow ? Values(flow.DefinitelyAssignedOnExit, condition.Span.End) : [];
        _edits.Insert(condition.SpanStart, string.Create(CultureInfo.InvariantCulture, $"{Recorder}.Test({Site(block, names)}, "));
        _edits.Insert(condition.Span.End, $", new object[] {{ {string.Join(", ", names)} }})");
    }

    private void Insert(int position, int block, IReadOnlyList<string> names) => _edits.Insert(position, " " + Visit(block, names));

    private string Visit(int block, IReadOnlyList<string> names) =>
        string.Create(CultureInfo.InvariantCulture, $"{Recorder}.Visit({Site(block, names)}, new object[] {{ {string.Join(", ", names)} }}); ");

    private IReadOnlyList<string> Before(StatementSyntax statement) =>
        model.AnalyzeDataFlow(statement) is { Succeeded: true } flow ? Values(flow.DefinitelyAssignedOnEntry, statement.SpanStart) : [];

    // Variables that are in scope, have a value, and can be boxed.
    private IReadOnlyList<string> Values(IEnumerable<ISymbol> assigned, int position)
    {
        HashSet<ISymbol> known = new(assigned, SymbolEqualityComparer.Default);
        return
        [
            .. model.LookupSymbols(position)
                .Where(symbol => known.Contains(symbol) && !symbol.IsImplicitlyDeclared && symbol.DeclaringSyntaxReferences.All(reference => reference.Span.Start < position) && Boxable(symbol))
                .OrderBy(symbol => symbol.DeclaringSyntaxReferences[0].Span.Start)
                .Select(symbol => "@" + symbol.Name),
        ];
    }

    private static bool Boxable(ISymbol symbol) => symbol switch
    {
        ILocalSymbol local => !local.IsConst && Boxable(local.Type),
        IParameterSymbol parameter => Boxable(parameter.Type),
        _ => false,
    };

    private static bool Boxable(ITypeSymbol type) => !type.IsRefLikeType && type.TypeKind is not (TypeKind.Pointer or TypeKind.FunctionPointer or TypeKind.Error);

    private int Site(int block, IReadOnlyList<string> names)
    {
        RecordSite known = _sites.FindLast(site => site.Block == block)!;
        if (known.Names.Count == 0)
        {
            // The place that was made together with the block.
            int index = _sites.LastIndexOf(known);
            _sites[index] = known with { Names = [.. names.Select(name => name[1..])] };
            return index;
        }

        _sites.Add(known with { Names = [.. names.Select(name => name[1..])] });
        return _sites.Count - 1;
    }

    private int NewBlock(params SyntaxNode[] parts) => NewBlock(parts[0].GetFirstToken(), parts[^1].GetLastToken());

    private int NewBlock(SyntaxToken first, SyntaxToken last)
    {
        int from = first.GetLocation().GetLineSpan().StartLinePosition.Line;
        int to = last.GetLocation().GetLineSpan().EndLinePosition.Line;

        // Where a line holds several blocks, only the part that belongs to this one is shown.
        string source = from == to
            ? text[first.SpanStart..last.Span.End]
            : string.Join(" ", _lines[from..(to + 1)].Select(line => line.Trim()).Where(line => line.Length > 0));
        _sites.Add(new RecordSite(_blocks, from + 1, to + 1, source, []));
        return _blocks++;
    }
}
