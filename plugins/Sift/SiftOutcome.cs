using Agents.Strategies.Candidates;

namespace Agents.Plugins.Sift;

/// <summary>Result of one run.</summary>
/// <param name="Answer">The prediction that answers; null when no call gave one.</param>
/// <param name="Stage">Stage whose views agreed; 0 where none did.</param>
/// <param name="Run">State at the end of the run.</param>
internal sealed record SiftOutcome(Candidate? Answer, int Stage, SiftRun Run)
{
    /// <summary>Gets whether two views agreed. Agreement is no verification: both can share an error.</summary>
    public bool Grounded => Stage > 0;
}
