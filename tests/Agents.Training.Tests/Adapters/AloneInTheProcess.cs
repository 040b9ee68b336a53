namespace Agents.Training.Tests.Adapters;

/// <summary>Tests that read counters of the whole process and so run without neighbours.</summary>
[CollectionDefinition(nameof(AloneInTheProcess), DisableParallelization = true)]
public sealed class AloneInTheProcess;
