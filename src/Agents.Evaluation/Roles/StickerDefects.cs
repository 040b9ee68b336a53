using System.Globalization;
using System.Text.RegularExpressions;
using Agents.Evaluation.Tasks;

namespace Agents.Evaluation.Roles;

/// <summary>Makes stickers defective in the ways that forward optimization repairs (papers/49 §2): a fact is missing, wrong, invented or calculated, or the question is vague.</summary>
internal static partial class StickerDefects
{
    /// <summary>What a sticker says when it does not say what is asked.</summary>
    public const string Vague = "ask it";

    private const double SecondDefect = 0.3;
    private const double WrongNumber = 0.7;

    /// <summary>Draws a sticker of an item, right or defective by chance.</summary>
    /// <returns>Its lines, and what was done to them, in order: at least one entry.</returns>
    public static (IReadOnlyList<string> Facts, IReadOnlyList<CorruptionKind> Kinds) Draw(ITaskFamily family, TaskItem item, double defectiveShare, ref SampleStream stream)
    {
        if (!stream.Chance(defectiveShare))
        {
            return (item.Facts, [CorruptionKind.None]);
        }

        while (true)
        {
            (List<string> facts, List<CorruptionKind> kinds) = Spoil(family, item, ref stream);
            if (!facts.SequenceEqual(item.Facts))
            {
                return (facts, kinds);
            }
        }
    }

    private static (List<string> Facts, List<CorruptionKind> Kinds) Spoil(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        List<string> facts = [.. item.Facts];
        List<CorruptionKind> kinds = [Spoil(family, item, facts, ref stream)];
        if (stream.Chance(SecondDefect))
        {
            kinds.Add(Spoil(family, item, facts, ref stream));
        }

        return (facts, kinds);
    }

    private static CorruptionKind Spoil(ITaskFamily family, TaskItem item, List<string> facts, ref SampleStream stream)
    {
        int conditions = facts.Count - 1;
        int at = conditions > 0 ? stream.NextInt(conditions) : 0;
        switch (stream.NextInt(4))
        {
            case 0 when conditions > 0:
                facts.RemoveAt(at);
                return CorruptionKind.MissingFact;
            case 1 when conditions > 0:
                facts[at] = WrongFact(family, item, facts[at], ref stream);
                return CorruptionKind.DriftedFact;
            case 2:
                facts.Insert(at, InventedFact(family, item, ref stream));
                return CorruptionKind.InventedFact;
            default:
                facts[^1] = Vague;
                return CorruptionKind.VagueQuestion;
        }
    }

    // A number is taken from elsewhere in the question or loses a digit; other facts come from another question.
    private static string WrongFact(ITaskFamily family, TaskItem item, string fact, ref SampleStream stream)
    {
        MatchCollection own = Number().Matches(fact);
        if (own.Count == 0 || !stream.Chance(WrongNumber))
        {
            return stream.Pick(family.CreateSimilar(item, ref stream).Facts);
        }

        Match replaced = own[stream.NextInt(own.Count)];
        string[] numbers = [.. Number().Matches(item.Question).Select(match => match.Value).Where(number => number != replaced.Value)];
        string number = numbers.Length > 0 && stream.Chance(0.5) ? stream.Pick(numbers) : OtherDigit(replaced.Value, ref stream);
        return fact[..replaced.Index] + number + fact[(replaced.Index + replaced.Length)..];
    }

    private static string OtherDigit(string number, ref SampleStream stream)
    {
        int at = stream.NextInt(number.Length);
        int digit = 1 + ((number[at] - '0' + stream.NextInt(8)) % 9);
        return string.Concat(number.AsSpan(0, at), digit.ToString(CultureInfo.InvariantCulture), number.AsSpan(at + 1));
    }

    // A result of the solution that no condition states, or a condition of another question.
    private static string InventedFact(ITaskFamily family, TaskItem item, ref SampleStream stream)
    {
        string given = string.Join(' ', item.Facts) + " " + item.Question;
        string[] results = [.. Number().Matches(item.Steps).Select(match => match.Value).Distinct().Where(number => !given.Contains(number, StringComparison.Ordinal))];
        return results.Length > 0 && stream.Chance(0.5) ? stream.Pick(results) : stream.Pick(family.CreateSimilar(item, ref stream).Facts);
    }

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
