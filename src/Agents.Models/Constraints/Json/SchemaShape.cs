using System.Text.Json;

namespace Agents.Models.Constraints.Json;

/// <summary>What several schemas about the same value say together.</summary>
internal sealed class SchemaShape
{
    /// <summary>Gets or sets whether no value satisfies the schemas.</summary>
    public bool Impossible { get; set; }

    /// <summary>Gets or sets the admitted kinds; null when no schema names any.</summary>
    public SchemaTypes? Types { get; set; }

    /// <summary>Gets or sets the kinds that keywords speak about; what the value is when no schema names a type.</summary>
    public SchemaTypes Implied { get; set; }

    /// <summary>Gets or sets the admitted values in compact JSON; null for any.</summary>
    public List<(string Text, SchemaTypes Type)>? Values { get; set; }

    /// <summary>Gets the first keyword beside type that restricts values of a kind, for messages; null for none.</summary>
    public string? Restriction { get; set; }

    public int MinimumLength { get; set; }

    public int? MaximumLength { get; set; }

    /// <summary>Gets or sets the expression of the text, and where it comes from.</summary>
    public (string Expression, bool Search, string Path)? Pattern { get; set; }

    public NumberBounds Bounds { get; set; } = NumberBounds.None;

    public int MinimumItems { get; set; }

    public int? MaximumItems { get; set; }

    /// <summary>Gets the schemas of the first items, one list per place.</summary>
    public List<List<SchemaPart>> PrefixItems { get; } = [];

    /// <summary>Gets the schemas of the items behind, with the number of places each schema's own prefix has.</summary>
    public List<(SchemaPart Part, int Behind)> Items { get; } = [];

    /// <summary>Gets the objects' own keywords, one entry per schema that has any.</summary>
    public List<SchemaPart> Objects { get; } = [];

    public HashSet<string> Required { get; } = new(StringComparer.Ordinal);

    public int MinimumProperties { get; set; }

    public int? MaximumProperties { get; set; }

    /// <summary>Gets the place of the first part, for messages.</summary>
    public string Path { get; init; } = "#";

    /// <summary>Removes kinds.</summary>
    public void Restrict(SchemaTypes types) => Types = (Types ?? SchemaTypes.All) & types;

    /// <summary>Notes that a keyword about some kinds was seen.</summary>
    public void Imply(SchemaTypes types, string keyword)
    {
        Implied |= types;
        Restriction ??= keyword;
    }

    /// <summary>Admits only some values.</summary>
    public void RestrictValues(IEnumerable<JsonElement> values)
    {
        List<(string Text, SchemaTypes Type)> listed = [.. values.Select(value => (JsonTexts.Compact(value), JsonTexts.TypeOf(value)))];
        HashSet<string> texts = [.. listed.Select(value => value.Text)];
        Values = Values is null ? [.. listed.DistinctBy(value => value.Text)] : [.. Values.Where(value => texts.Contains(value.Text))];
    }
}
