namespace Agents.Evaluation.Tasks.Transform;

/// <summary>The atomic functions. Names and behaviours are part of the data format: models learn them.</summary>
public static class TransformFunctions
{
    /// <summary>Gets all functions in a fixed order.</summary>
    public static IReadOnlyList<TransformFunction> All { get; } =
    [
        new("zor", "reverse", text => new string([.. text.Reverse()])),
        new("pim", "first letter to the end", text => text[1..] + text[0]),
        new("lat", "last letter to the front", text => text[^1] + text[..^1]),
        new("gub", "exchange first and last letter", text => text.Length < 2 ? text : text[^1] + text[1..^1] + text[0]),
        new("nek", "drop the first letter", text => text.Length < 2 ? text : text[1..]),
        new("wix", "drop the last letter", text => text.Length < 2 ? text : text[..^1]),
        new("dov", "double the first letter", text => text[0] + text),
        new("tas", "double the last letter", text => text + text[^1]),
        new("hul", "sort the letters", text => new string([.. text.Order()])),
        new("rem", "exchange the first two letters", text => text.Length < 2 ? text : $"{text[1]}{text[0]}{text[2..]}"),
        new("kif", "put a in front", text => "a" + text),
        new("boj", "put b at the end", text => text + "b"),
    ];

    /// <summary>
    /// Gets the same behaviours under other names, in the same order. No embedded model was trained on them: what such a name means can only be learned from problems that have it.
    /// </summary>
    public static IReadOnlyList<TransformFunction> Renamed { get; } =
    [
        .. All.Zip(["mab", "cuv", "fod", "hig", "jup", "kes", "lom", "nar", "pex", "ruk", "tiv", "wod"], (function, name) => function with { Name = name }),
    ];

    /// <summary>Finds a function by its opaque name, old or new; null when there is none.</summary>
    /// <param name="name">Opaque name.</param>
    public static TransformFunction? Find(string name) => All.Concat(Renamed).FirstOrDefault(function => function.Name == name);
}
