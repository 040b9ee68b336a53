namespace Agents.Plugins.SelfAggregation.Baselines;

/// <summary>Own settings of <c>self-refine</c>. Each round costs two calls.</summary>
public sealed record SelfRefineSettings
{
    /// <summary>Names and meanings, for help texts and error messages.</summary>
    public static IReadOnlyDictionary<string, string> Descriptions { get; } = new Dictionary<string, string>
    {
        ["rounds"] = "rounds of feedback and revision after the first answer (default 1)",
        ["stopWhenRight"] = "stop when the feedback calls the answer right (default true)",
    };

    /// <summary>Gets the number of rounds. Default 1, range 1 to 16.</summary>
    public int Rounds { get; init; } = 1;

    /// <summary>Gets whether a positive feedback ends the process. Default true.</summary>
    public bool StopWhenRight { get; init; } = true;
}
