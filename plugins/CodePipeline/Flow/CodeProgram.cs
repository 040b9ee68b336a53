using Agents.Plugins.CodePipeline.Running;
using Agents.Strategies.Candidates;

namespace Agents.Plugins.CodePipeline.Flow;

/// <summary>A version of the program.</summary>
/// <param name="Reply">The coder's reply.</param>
/// <param name="Source">The program in it.</param>
internal sealed record CodeProgram(Candidate Reply, string Source)
{
    /// <summary>Gets what became of the visible tests; null where nothing was run.</summary>
    public RunReport? Report { get; init; }

    /// <summary>Gets how many repairs led to this version.</summary>
    public int Repairs { get; init; }

    /// <summary>Gets the tester's last verdict on this version; null without one.</summary>
    public bool? Verdict { get; init; }

    /// <summary>Returns the program to answer with: most visible tests passed, then fewest repairs (papers/62 §6). Versions are compared in order, so that ties keep the earlier one.</summary>
    /// <param name="best">The best version so far; null at the beginning.</param>
    /// <param name="next">A later version.</param>
    public static CodeProgram Better(CodeProgram? best, CodeProgram next) =>
        best?.Report is null || next.Report!.PassedCount > best.Report.PassedCount ? next : best;
}
