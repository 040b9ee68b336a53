namespace Agents.Training.Preflight;

/// <summary>A setting that a preflight changed. A resumed run applies the same changes.</summary>
/// <param name="Setting">Name of the setting, as in recipes; switches are 0 and 1.</param>
/// <param name="From">What was asked for.</param>
/// <param name="To">What the run uses.</param>
/// <param name="Reason">One sentence.</param>
public sealed record PreflightChange(string Setting, long From, long To, string Reason)
{
    /// <summary>Name of the longest completion of a rollout, in tokens.</summary>
    public const string AnswerTokens = "maximumTokens";

    /// <summary>Name of the most rows of a micro-batch.</summary>
    public const string RowsPerBatch = "rowsPerBatch";

    /// <summary>Name of the switch that keeps only the inputs of layers.</summary>
    public const string RecomputeLayers = "recomputeLayers";
}
