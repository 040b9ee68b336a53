namespace Agents.Plugins.TestTimeImprovement.Improvement;

/// <summary>The parts of the latency split.</summary>
internal enum ImprovementStage
{
    /// <summary>H: measuring the margin.</summary>
    Score = 0,

    /// <summary>G: writing pairs.</summary>
    Synthesize = 1,

    /// <summary>T: training the adapter.</summary>
    Train = 2,

    /// <summary>Reading the answer.</summary>
    Answer = 3,
}
