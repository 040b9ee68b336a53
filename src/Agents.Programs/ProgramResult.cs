namespace Agents.Programs;

/// <summary>What a run ended with: a value, or a failure.</summary>
/// <param name="Value">The returned value; null after a failure.</param>
/// <param name="Failure">The failure; null when there is a value.</param>
/// <param name="Steps">Steps taken.</param>
public sealed record ProgramResult(ProgramValue? Value, ProgramFailure? Failure, int Steps)
{
    /// <summary>Writes the value, or <c>error: message</c>.</summary>
    public override string ToString() => Value?.ToString() ?? Failure?.ToString() ?? "";
}
