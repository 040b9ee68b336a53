using Agents.Plugins.TestTimeImprovement.Synthesis;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>A pair in the journal.</summary>
/// <param name="Question">The question.</param>
/// <param name="Answer">The complete response.</param>
internal sealed record WrittenPair(string Question, string Answer)
{
    /// <summary>Takes a pair.</summary>
    /// <param name="pair">The pair.</param>
    public static WrittenPair Of(SyntheticPair pair) => new(pair.Question, pair.Answer);
}
