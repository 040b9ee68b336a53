namespace Agents.Replication;

/// <summary>A trained adapter, loaded beside the model under test.</summary>
/// <param name="Id">Id for <c>AdapterUse</c> and for settings that name adapters.</param>
public sealed record ExperimentAdapter(string Id)
{
    /// <summary>Gets the optimizer steps that were taken.</summary>
    public required int Steps { get; init; }

    /// <summary>Gets the tokens that were trained on.</summary>
    public required long Tokens { get; init; }

    /// <summary>Gets the loss of the first and of the last step.</summary>
    public required (double First, double Last) Loss { get; init; }
}
