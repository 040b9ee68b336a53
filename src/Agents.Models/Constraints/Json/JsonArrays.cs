using Agents.Models.Constraints.Grammars;

namespace Agents.Models.Constraints.Json;

/// <summary>Arrays with schemas for their items.</summary>
/// <param name="json">Receives the states.</param>
/// <param name="ruleOf">Finds the rule of values that satisfy some schemas.</param>
internal sealed class JsonArrays(JsonGrammar json, Func<IReadOnlyList<SchemaPart>, int> ruleOf)
{
    private readonly GrammarBuilder _builder = json.Builder;

    /// <summary>Adds an array.</summary>
    public void Add(SchemaShape shape, int from, int to)
    {
        int prefix = shape.PrefixItems.Count;

        // Items behind the prefix that no schema speaks about are written only when a minimum asks for them.
        bool more = shape.Items.Count > 0 || prefix == 0 || shape.MinimumItems > prefix;
        int most = Math.Min(shape.MaximumItems ?? int.MaxValue, more ? int.MaxValue : prefix);
        if (shape.MinimumItems > most)
        {
            return;
        }

        int open = json.AddSpace(_builder.AddText(from, "["));
        int close = _builder.AddState();
        if (shape.MinimumItems == 0)
        {
            _builder.AddEmpty(open, close);
        }

        int before = open;
        int count = 0;
        while (count < Math.Min(prefix, most))
        {
            before = AddItem(before, count, RuleAt(shape, count), close, ++count >= shape.MinimumItems);
        }

        if (most > count)
        {
            AddRest(shape, before, count, most == int.MaxValue ? null : most, close);
        }

        _builder.AddBytes(close, ']', ']', to);
    }

    private int AddItem(int before, int index, int rule, int close, bool mayClose)
    {
        int start = index == 0 ? before : json.AddSpace(_builder.AddText(before, ","));
        int behind = _builder.AddState();
        _builder.AddCall(start, rule, behind);
        if (mayClose)
        {
            _builder.AddEmpty(json.AddSpace(behind), close);
        }

        return behind;
    }

    private void AddRest(SchemaShape shape, int before, int count, int? most, int close)
    {
        int rule = RuleAt(shape, int.MaxValue);
        if (count == 0)
        {
            before = AddItem(before, 0, rule, close, shape.MinimumItems <= 1);
            count = 1;
        }

        int after = _builder.AddRepetition(
            before,
            Math.Max(0, shape.MinimumItems - count),
            most - count,
            (start, behind) => _builder.AddCall(json.AddSpace(_builder.AddText(start, ",")), rule, behind),
            bodyMayBeEmpty: false);
        _builder.AddEmpty(json.AddSpace(after), close);
    }

    private int RuleAt(SchemaShape shape, int index)
    {
        List<SchemaPart> parts = index < shape.PrefixItems.Count ? [.. shape.PrefixItems[index]] : [];
        parts.AddRange(shape.Items.Where(items => index >= items.Behind).Select(items => items.Part));
        return ruleOf(parts);
    }
}
