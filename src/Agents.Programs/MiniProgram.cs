using System.Diagnostics.CodeAnalysis;
using Agents.Programs.Execution;
using Agents.Programs.Syntax;

namespace Agents.Programs;

/// <summary>
/// A parsed program of the mini-language: one function of integers and lists, such as
/// <c>f(n):s=0;i=1;while i&lt;=n:{s=s+i;i=i+1}return s</c>. Immutable and safe for concurrent runs.
/// </summary>
/// <remarks>
/// Grammar: <c>f(names):</c> and statements <c>x=e</c>, <c>return e</c>, <c>while c:{…}</c>, <c>if c:{…}</c> with an optional
/// <c>else:{…}</c>, separated by <c>;</c> (not needed after a brace). Expressions: integers, names, lists <c>[1,x]</c>, index
/// <c>l[i]</c> from 0, length <c>#l</c>, <c>+ - * / %</c> (division rounds down, the remainder has the sign of the divisor, <c>+</c>
/// joins lists). Conditions: comparisons joined by <c>and</c> and <c>or</c>. Names are lower case, at most 16 characters.
/// </remarks>
public sealed class MiniProgram
{
    /// <summary>Longest source in characters.</summary>
    public const int MaximumLength = 2_000;

    private MiniProgram(IReadOnlyList<Statement> body, Parser parser)
    {
        Body = body;
        Names = parser.Names;
        Parameters = parser.Parameters;
        Lines = parser.Lines;
        Text = Printer.Program(Names, Parameters, body);
    }

    /// <summary>Gets the canonical text: no blanks, fewest parentheses. Parsing it gives this program again.</summary>
    public string Text { get; }

    /// <summary>Gets how many arguments a call takes; the first this many of all names are the parameters.</summary>
    public int Parameters { get; }

    /// <summary>Gets the number of lines: statements and tests, numbered from 1 in reading order.</summary>
    public int Lines { get; }

    /// <summary>Gets all names: parameters first, the others by first occurrence.</summary>
    public IReadOnlyList<string> Names { get; }

    internal IReadOnlyList<Statement> Body { get; }

    /// <summary>Parses a source.</summary>
    /// <param name="source">Any text.</param>
    /// <param name="program">The program.</param>
    /// <param name="failure">Why the text is none.</param>
    /// <returns>Whether it is a program.</returns>
    public static bool TryParse(string source, [NotNullWhen(true)] out MiniProgram? program, [NotNullWhen(false)] out ProgramFailure? failure)
    {
        ArgumentNullException.ThrowIfNull(source);
        program = null;
        if (source.Length > MaximumLength)
        {
            failure = new ProgramFailure(ProgramFailureKind.Limit, $"longer than {MaximumLength} characters");
            return false;
        }

        List<Token>? tokens = Lexer.Cut(source, out failure);
        if (tokens is null)
        {
            failure ??= ProgramFailure.Syntax("no tokens", 0);
            return false;
        }

        var parser = new Parser(tokens);
        IReadOnlyList<Statement>? body = parser.Parse();
        if (body is null)
        {
            failure = parser.Failure ?? ProgramFailure.Syntax("no program", 0);
            return false;
        }

        program = new MiniProgram(body, parser);
        failure = null;
        return true;
    }

    /// <summary>Runs the function. Never throws for what the program does; ends within the limits.</summary>
    /// <param name="arguments">One value per parameter.</param>
    /// <param name="limits">Bounds, or null for the defaults.</param>
    /// <exception cref="ArgumentException">The limits are out of range.</exception>
    public ProgramResult Run(IReadOnlyList<ProgramValue> arguments, ProgramLimits? limits = null) => Run(arguments, limits, null);

    /// <inheritdoc/>
    public override string ToString() => Text;

    /// <summary>Returns the slots that the program assigns to, in any order.</summary>
    internal IReadOnlySet<int> AssignedSlots()
    {
        var slots = new HashSet<int>();
        Collect(Body);
        return slots;

        void Collect(IReadOnlyList<Statement> statements)
        {
            foreach (Statement statement in statements)
            {
                switch (statement)
                {
                    case AssignStatement assign:
                        slots.Add(assign.Slot);
                        break;
                    case WhileStatement loop:
                        Collect(loop.Body);
                        break;
                    case IfStatement branch:
                        Collect(branch.Then);
                        Collect(branch.Otherwise ?? []);
                        break;
                }
            }
        }
    }

    internal ProgramResult Run(IReadOnlyList<ProgramValue> arguments, ProgramLimits? limits, ILineObserver? observer)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        limits ??= ProgramLimits.Default;
        limits.Validate();
        if (arguments.Count != Parameters)
        {
            return new ProgramResult(null, new ProgramFailure(ProgramFailureKind.Call, $"takes {Parameters} arguments"), 0);
        }

        return new Machine(this, arguments, limits, observer).Run();
    }
}
