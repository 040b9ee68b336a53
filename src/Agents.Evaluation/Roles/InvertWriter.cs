using System.Text.RegularExpressions;
using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>
/// Solution to the sticker that it must have come from: inverse generation (papers/49 §2). The question is not shown, so the target holds exactly the facts that the
/// solution lets one see, never a result; where it does not show what was asked, the target says so.
/// </summary>
/// <param name="prompt">Name of the prompt.</param>
/// <param name="noise">Settings.</param>
public sealed partial class InvertWriter(string prompt, RoleNoise noise) : IRoleWriter
{
    /// <summary>What is asked when the solution does not show it.</summary>
    public const string Unknown = "ask result";

    private const string Ask = "ask ";
    private const int Attempts = 8;

    // Words of the language of facts, which no solution needs to repeat.
    private static readonly HashSet<string> Grammar = ["ask", "last", "result", "all", "results", "any", "print", "so", "gives"];

    /// <inheritdoc/>
    public string Role => RoleNames.Invert;

    /// <inheritdoc/>
    public RoleExample Write(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        ArgumentNullException.ThrowIfNull(family);
        ArgumentNullException.ThrowIfNull(item);
        ShownSolution shown = stream.Chance(noise.WrongInputs) ? Miscalculated(family, item, ref stream) : ShownSolution.Right(item);
        return new RoleExample
        {
            Role = Role,
            Prompt = prompt,
            Variables = new Dictionary<string, object?> { ["prediction"] = shown.Text, ["schema"] = false },
            Target = string.Join('\n', Visible(item.Facts, shown.Text)),
            InputCorruptions = [shown.Kind],
            Item = item,
        };
    }

    /// <summary>Returns the facts of a question that a solution lets one see.</summary>
    /// <param name="facts">Facts of the question, the last one being what is asked.</param>
    /// <param name="solution">The solution.</param>
    public static IReadOnlyList<string> Visible(IReadOnlyList<string> facts, string solution)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentNullException.ThrowIfNull(solution);
        HashSet<string> seen = [.. Token().Matches(solution).Select(match => match.Value), .. Grammar];
        bool IsSeen(string fact) => Token().Matches(fact).All(match => seen.Contains(match.Value));
        string asked = facts[^1];
        return [.. facts.SkipLast(1).Where(IsSeen), asked.StartsWith(Ask, StringComparison.Ordinal) && IsSeen(asked) ? asked : Unknown];
    }

    // Only slips of calculation: a solution with other operands came from other facts.
    private static ShownSolution Miscalculated(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        for (int i = 0; i < Attempts; i++)
        {
            ShownSolution wrong = ShownSolution.Wrong(family, item, ref stream);
            if (wrong.Kind == CorruptionKind.WrongResult)
            {
                return wrong;
            }
        }

        return ShownSolution.Right(item);
    }

    [GeneratedRegex("[0-9]+|[A-Za-z]+", RegexOptions.CultureInvariant)]
    private static partial Regex Token();
}
