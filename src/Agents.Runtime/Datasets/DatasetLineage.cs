namespace Agents.Runtime.Datasets;

/// <summary>Where a line of a training set comes from: enough to find the trajectory and the calls again.</summary>
/// <param name="Trajectory">Id of the trajectory.</param>
/// <param name="Nodes">The calls whose texts the line holds.</param>
public sealed record DatasetLineage(string Trajectory, IReadOnlyList<int> Nodes)
{
    /// <summary>Gets the id of the task; null when it had none.</summary>
    public string? Task { get; init; }

    /// <summary>Gets the strategy.</summary>
    public required string Strategy { get; init; }

    /// <summary>Gets the model role.</summary>
    public required string Role { get; init; }

    /// <summary>Gets the model's name.</summary>
    public string? Model { get; init; }

    /// <summary>Gets the hash of the weights and adapters that wrote the text.</summary>
    public string? Generation { get; init; }

    /// <summary>Gets when the request ended.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>Gets what the value is: <c>strategy</c>, <c>reward</c>, or <c>credit</c> from the texts that were made of it.</summary>
    public string? ValueFrom { get; init; }

    /// <summary>Gets whether the text's own answer is right; null when nobody judged it.</summary>
    public bool? Correct { get; init; }
}
