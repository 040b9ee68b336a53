using System.Collections.Immutable;

namespace Agents.Training.Guards;

/// <summary>The guards that runs have unless they choose others.</summary>
public static class StepGuards
{
    /// <summary>Creates fresh guards of dead groups, length and repetition with default limits.</summary>
    public static ImmutableArray<IStepGuard> Default() => [new DeadGroupGuard(), new LengthGuard(), new RepetitionGuard()];
}
