namespace Agents.Evaluation.Speed;

/// <summary>One measured figure.</summary>
/// <param name="Name">What was measured: <c>prefill</c>, <c>decode</c>, <c>group</c>, <c>context</c>, <c>load</c> or <c>memory</c>.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="Tokens">Tokens the time covers; 0 where the figure is no speed.</param>
/// <param name="Context">Tokens in the context before the measured ones.</param>
/// <param name="Samples">Samples decoded together.</param>
/// <param name="Seconds">Median over the rounds.</param>
/// <param name="TokensPerSecond">Tokens / seconds; 0 where the figure is no speed.</param>
/// <param name="Bytes">Resident bytes of the process; 0 for speeds.</param>
public sealed record SpeedRow(string Name, int Threads, int Tokens, int Context, int Samples, double Seconds, double TokensPerSecond, long Bytes)
{
    /// <summary>Creates the row of a speed.</summary>
    /// <param name="name">What was measured.</param>
    /// <param name="threads">Compute threads.</param>
    /// <param name="tokens">Tokens the time covers.</param>
    /// <param name="context">Tokens before them.</param>
    /// <param name="samples">Samples decoded together.</param>
    /// <param name="seconds">Median over the rounds.</param>
    public static SpeedRow Speed(string name, int threads, int tokens, int context, int samples, double seconds) =>
        new(name, threads, tokens, context, samples, seconds, tokens / seconds, 0);
}
