namespace Agents.Models.Templates.Jinja;

/// <summary>What <c>loop</c> knows inside a for loop.</summary>
/// <param name="items">All elements.</param>
internal sealed class JinjaLoop(IReadOnlyList<JinjaValue> items) : JinjaValue
{
    private JinjaValue? _changing;

    /// <summary>Index of the current element.</summary>
    public int Index { get; set; }

    public override string TypeName => "loop";

    public JinjaValue? Find(JinjaContext context, string name) => name switch
    {
        "index" => new JinjaInteger(Index + 1),
        "index0" => new JinjaInteger(Index),
        "revindex" => new JinjaInteger(items.Count - Index),
        "revindex0" => new JinjaInteger(items.Count - Index - 1),
        "first" => JinjaBoolean.Of(Index == 0),
        "last" => JinjaBoolean.Of(Index == items.Count - 1),
        "length" => new JinjaInteger(items.Count),

        // The depth counts recursive loops only, of which there are none.
        "depth" => new JinjaInteger(1),
        "depth0" => new JinjaInteger(0),
        "previtem" => Index > 0 ? items[Index - 1] : new JinjaUndefined("the element before the first"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new JinjaUndefined("the element after the last"),
        "cycle" => new JinjaFunction("loop.cycle", (call, arguments) => arguments.Positional.Count > 0
            ? arguments.Positional[Index % arguments.Positional.Count]
            : throw call.Error("loop.cycle needs values.")),
        "changed" => new JinjaFunction("loop.changed", Changed),
        _ => null,
    };

    private JinjaBoolean Changed(JinjaContext context, JinjaArguments arguments)
    {
        JinjaList now = new(arguments.Positional);
        bool changed = _changing is null || !JinjaOperators.AreEqual(context, _changing, now);
        _changing = now;
        return JinjaBoolean.Of(changed);
    }
}
