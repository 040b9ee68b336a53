namespace Agents.Evaluation.Tasks.Tools;

/// <summary>The tools that questions offer. Part of the data format: models learn them. Several differ only in their arguments or order.</summary>
public static class ToolCatalog
{
    private static readonly string[] Units = ["km", "miles", "kg", "pounds", "cups", "liters"];
    private static readonly string[] Days = ["monday", "tuesday", "friday", "sunday"];
    private static readonly string[] Music = ["jazz", "rock", "folk", "soul"];

    /// <summary>Gets all tools in a fixed order.</summary>
    public static IReadOnlyList<ToolKind> All { get; } =
    [
        new("timer", ["min"], ["timer for {0} min", "ring after {0} min", "boil for {0} min"], [null]),
        new("alarm", ["hour"], ["alarm at hour {0}", "wake me at {0}", "get me up at {0}"], [null]),
        new("convert", ["n", "unit"], ["convert {0} to {1}", "how much is {0} in {1}", "turn {0} into {1}"], [null, Units]),
        new("buy", ["n", "item"], ["buy {0} {1}", "order {0} {1}", "i need {0} {1}"], [null, TaskWords.Objects]),
        new("sell", ["n", "item"], ["sell {0} {1}", "get rid of {0} {1}", "offer {0} {1}"], [null, TaskWords.Objects]),
        new("price", ["item"], ["price of {0}", "what do {0} cost", "how dear are {0}"], [TaskWords.Objects]),
        new("call", ["who"], ["call {0}", "phone {0}", "ring up {0}"], [TaskWords.Names]),
        new("text", ["who", "item"], ["text {0} about {1}", "write {0} on {1}", "tell {0} of my {1}"], [TaskWords.Names, TaskWords.Objects]),
        new("route", ["from", "to"], ["route from {0} to {1}", "how to reach {1} from {0}", "to {1} starting in {0}"], [TaskWords.Cities, TaskWords.Cities]),
        new("weather", ["city", "day"], ["weather in {0} on {1}", "{1} rain in {0}", "is {1} sunny in {0}"], [TaskWords.Cities, Days]),
        new("play", ["kind", "min"], ["play {0} for {1} min", "{1} min of {0}", "let me hear {0} {1} min"], [Music, null]),
        new("add", ["a", "b"], ["add {0} and {1}", "sum of {0} and {1}", "{0} plus {1}"], [null, null]),
    ];

    /// <summary>Finds a tool by name; null when there is none.</summary>
    /// <param name="name">Name.</param>
    public static ToolKind? Find(string name) => All.FirstOrDefault(tool => tool.Name == name);
}
