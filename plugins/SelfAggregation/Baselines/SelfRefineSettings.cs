namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>Own settings of <c>self-refine</c>. Each round costs two calls.</summary>
/// <param name="Rounds">Number of rounds. Default 1, range 1 to 16.</param>
/// <param name="StopWhenRight">Whether a positive feedback ends the process. Default true.</param>
public sealed record SelfRefineSettings(
    int Rounds = 1,
    bool StopWhenRight = true)
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["rounds"] = "rounds of feedback and revision after the first answer (default 1)",
        ["stopWhenRight"] = "stop when the feedback calls the answer right (default true)",
    };
}
