namespace Agents.Evaluation.Statistics;

/// <summary>Outcome of a plurality vote.</summary>
/// <param name="Index">Index of the earliest candidate with the winning answer.</param>
/// <param name="Answer">The winning answer in canonical spelling.</param>
/// <param name="Votes">How many candidates gave it.</param>
/// <param name="Valid">How many candidates voted: those that have an answer.</param>
/// <param name="Candidates">How many candidates there were.</param>
public sealed record VoteResult(int Index, string Answer, int Votes, int Valid, int Candidates)
{
    /// <summary>Gets the share of votes that the winner got.</summary>
    public double Agreement => Votes / (double)Valid;
}
