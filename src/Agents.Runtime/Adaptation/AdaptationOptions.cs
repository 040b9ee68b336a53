namespace Agents.Runtime.Adaptation;

/// <summary>Resources of temporary adapters.</summary>
public sealed record AdaptationOptions
{
    /// <summary>Gets how many adapters are trained at once; further requests wait. Default null: 4 for models of less than 20 million parameters, 1 for others, whose trainers take much memory.</summary>
    public int? MaximumTrainers { get; init; }

    /// <summary>Gets the longest example in tokens; null (default) for the context of the model.</summary>
    public int? MaximumSequence { get; init; }

    /// <summary>Checks all settings.</summary>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public void Validate()
    {
        if (MaximumTrainers is < 1 or > 1024 || MaximumSequence is < 1)
        {
            throw new ArgumentException($"The adaptation options are invalid: {MaximumTrainers} trainers must lie in 1 … 1024, the longest example of {MaximumSequence} tokens must be positive.");
        }
    }
}
