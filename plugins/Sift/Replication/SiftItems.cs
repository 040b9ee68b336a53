using System.Text.RegularExpressions;
using Agents.Replication;

namespace Agents.Plugins.Sift.Replication;

/// <summary>The questions of the replication: word problems that can be misread, because they have a number that is not needed or the relation "half" (papers/49 §5 C).</summary>
internal static partial class SiftItems
{
    /// <summary>The task family.</summary>
    public const string Family = "arithmetic";

    // Of the questions of a level, at least one in three can be misread.
    private const int DrawsPerItem = 4;

    /// <summary>Draws questions.</summary>
    /// <param name="laboratory">The laboratory.</param>
    /// <param name="split">Split.</param>
    /// <param name="count">How many.</param>
    /// <param name="seed">Seed of the set.</param>
    /// <param name="from">Levels, in equal shares.</param>
    public static IReadOnlyList<ExperimentItem> Draw(ILaboratory laboratory, ExperimentSplit split, int count, ulong seed, IReadOnlyList<int> from)
    {
        ExperimentItem[][] levels = [.. from.Select((level, i) =>
        {
            int wanted = (count + from.Count - 1 - i) / from.Count;
            return laboratory.Items(new ItemQuery(Family, split, DrawsPerItem * wanted, seed) { Difficulty = level }).Where(item => CanBeMisread(item.Question)).Take(wanted).ToArray();
        })];
        return [.. Enumerable.Range(0, levels.Max(level => level.Length)).SelectMany(i => levels.Where(level => i < level.Length).Select(level => level[i]))];
    }

    /// <summary>Returns whether a question has a number that is not needed, or the relation "half", in words.</summary>
    /// <param name="question">The question.</param>
    public static bool CanBeMisread(string question) => Misleading().IsMatch(question);

    // "gus is 17." states an age; bare operations ("start 5, half") leave nothing to misread.
    [GeneratedRegex(@"^(?!start ).*(\b\w+ is [0-9]+\.|\bhalf\b)", RegexOptions.CultureInvariant)]
    private static partial Regex Misleading();
}
