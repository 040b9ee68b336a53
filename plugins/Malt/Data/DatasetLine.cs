namespace Agents.Plugins.Malt.Data;

/// <summary>One line of a dataset file: a conversation with <see cref="Messages"/>, or a pair with <see cref="Prompt"/>, <see cref="Chosen"/> and <see cref="Rejected"/>.</summary>
internal sealed record DatasetLine
{
    public IReadOnlyList<DatasetMessage>? Messages { get; init; }

    public string? Prompt { get; init; }

    public string? Chosen { get; init; }

    public string? Rejected { get; init; }

    public required string Role { get; init; }

    public required string Question { get; init; }

    public double? Value { get; init; }

    public bool? Correct { get; init; }

    public double? ChosenValue { get; init; }

    public double? RejectedValue { get; init; }
}
