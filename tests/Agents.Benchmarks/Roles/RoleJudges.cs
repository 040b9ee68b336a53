using System.Globalization;
using System.Text.RegularExpressions;
using Agents.Evaluation.Roles;
using Agents.Evaluation.Tasks;
using Agents.Evaluation.Verification;

namespace Agents.Benchmarks.Roles;

/// <summary>What a role's output is worth, by program: every measure is a share in [0, 1].</summary>
internal static partial class RoleJudges
{
    private static readonly ReferenceVerifier Verifier = new();

    /// <summary>Judges one output.</summary>
    /// <param name="example">What was asked; its target is right.</param>
    /// <param name="output">What came back.</param>
    /// <returns>Measures by name.</returns>
    public static IEnumerable<(string Measure, double Value)> Judge(RoleExample example, string output) => example.Role switch
    {
        RoleNames.Verify or RoleNames.Feedback => Verdict(example, output),
        RoleNames.Refine or RoleNames.Revise => [(IsShownRight(example) ? "right solutions kept" : "wrong solutions fixed", IsRight(example.Item, output))],
        RoleNames.Conclude => [(IsShownRight(example) ? "answer right, shown right" : "answer right, shown wrong", IsRight(example.Item, output))],
        RoleNames.Aggregate => [(Candidates(example), IsRight(example.Item, output))],
        RoleNames.Choose => [("points at the plurality", Share(Last(Choice(), output) == Last(Choice(), example.Target)))],
        RoleNames.Sticker => Facts(example, output, example.Item.Facts),
        RoleNames.Correct => [.. Facts(example, output, example.Item.Facts), .. Corrected(example, output)],
        RoleNames.Invert => Facts(example, output, example.Target.Split('\n')),
        RoleNames.SolveWithSticker => [(IsShownRight(example) ? "right, sticker right" : "right, sticker defective", IsRight(example.Item, output))],
        RoleNames.Verbalize or RoleNames.VerbalizeMore => List(example, output),
        RoleNames.Variant => Variant(example, output),
        _ when example.Target.Split('\n')[^1] is "PASS" or "FAIL" => [(example.Target.EndsWith("PASS", StringComparison.Ordinal) ? "right programs passed" : "wrong programs failed",
            Share(output.Split('\n')[^1].Trim() == example.Target.Split('\n')[^1]))],
        _ when Verifier.Judge(example.Item.Judge(example.Target)).Correct == true => [("right", IsRight(example.Item, output))],
        _ => [("exactly the target", Share(output == example.Target))],
    };

    /// <summary>Judges a solution: 1 or 0.</summary>
    /// <param name="item">The item.</param>
    /// <param name="output">The solution.</param>
    public static double IsRight(TaskItem item, string output) => Share(Verifier.Judge(item.Judge(output)).Correct == true);

    private static bool IsShownRight(RoleExample example) => example.InputCorruptions.All(kind => kind == CorruptionKind.None);

    private static double Share(bool value) => value ? 1 : 0;

    private static IEnumerable<(string, double)> Verdict(RoleExample example, string output)
    {
        bool right = example.InputCorruptions[0] == CorruptionKind.None;
        string verdict = output.Split('\n')[^1].Trim();
        yield return ("verdict right", Share(verdict == (right ? "verdict: right" : "verdict: wrong")));
        yield return right ? ("right solutions accepted", Share(verdict == "verdict: right")) : ("wrong solutions rejected", Share(verdict == "verdict: wrong"));
        if (!right)
        {
            yield return ("exactly the right critique of a wrong solution", Share(output == example.Target));
        }
    }

    private static string Candidates(RoleExample example) => example.InputCorruptions.Count(kind => kind == CorruptionKind.None) switch
    {
        0 => "right, no candidate right",
        int right when right == example.InputCorruptions.Count => "right, all candidates right",
        _ => "right, candidates mixed",
    };

    private static IEnumerable<(string, double)> Facts(RoleExample example, string output, IReadOnlyList<string> facts)
    {
        FactScore score = FactScore.Of(output, facts);
        yield return ("facts that are the question's (precision)", score.Precision);
        yield return ("facts found (recall)", score.Recall);
        yield return ("whole sticker right", Share(output == string.Join('\n', facts)));
    }

    private static IEnumerable<(string, double)> Corrected(RoleExample example, string output)
    {
        string right = string.Join('\n', example.Item.Facts);
        if (IsShownRight(example))
        {
            return [("right stickers kept", Share(output == right))];
        }

        FactScore shown = FactScore.Of((string)example.Variables["sticker"]!, example.Item.Facts);
        return
        [
            ("recall of the defective stickers before", shown.Recall),
            ("recall of them after", FactScore.Of(output, example.Item.Facts).Recall),
            .. example.InputCorruptions.Count == 1 ? [($"{example.InputCorruptions[0]} repaired", Share(output == right))] : Array.Empty<(string, double)>(),
        ];
    }

    private static IEnumerable<(string, double)> List(RoleExample example, string output)
    {
        string[] lines = output.Split('\n');
        Match[] read = [.. lines.Select(line => Weighted().Match(line))];
        bool valid = read.All(match => match.Success) && read.Sum(match => match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 0) <= 1.1;
        string[] answers = [.. read.Where(match => match.Success).Select(match => match.Groups[2].Value)];
        yield return ("valid list", Share(valid));
        yield return ("as many answers as the target has", Share(answers.Length == example.Target.Split('\n').Length));
        yield return ("answers all different", Share(answers.Distinct().Count() == answers.Length));
        if (example.Earlier.Count > 0)
        {
            string[] before = [.. example.Earlier[0].Reply.Split('\n').Select(line => line.Split(' ', 2)[^1])];
            yield return ("answers all new", Share(!answers.Intersect(before).Any()));
        }

        bool many = example.Item.Alternatives.Count > 0 && example.Item.Slots.Count == 1;
        if (many && answers.Length > 0)
        {
            yield return ("listed answers that are right", answers.Average(answer => Share(example.Item.Alternatives.Any(truth => truth.Text == answer))));
        }
        else if (!many && example.Earlier.Count == 0)
        {
            yield return ("the right answer is listed", Share(answers.Contains(example.Item.Answer)));
        }
    }

    private static IEnumerable<(string, double)> Variant(RoleExample example, string output)
    {
        string[] lines = output.Split('\n');
        string? answer = AnswerFormat.Default.Extract(output);
        yield return ("question and solution", Share(lines.Length >= 2 && answer is not null));
        yield return ("question is not the given one", Share(lines[0] != example.Item.Question));
        if (QuestionSolver.Knows(example.Item.Family))
        {
            string? truth = QuestionSolver.Solve(example.Item.Family, lines[0]);
            yield return ("question can be solved", Share(truth is not null));
            if (truth is not null)
            {
                yield return ("solution right", Share(truth == answer));
            }
        }
    }

    private static string Last(Regex pattern, string text) => pattern.Matches(text) is { Count: > 0 } found ? found[^1].Groups[1].Value : "";

    [GeneratedRegex("choice: ([0-9]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Choice();

    [GeneratedRegex(@"^([01]\.[0-9]{2}) (.+)$", RegexOptions.CultureInvariant)]
    private static partial Regex Weighted();
}
