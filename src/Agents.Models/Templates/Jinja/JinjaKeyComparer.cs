using System.Diagnostics.CodeAnalysis;

namespace Agents.Models.Templates.Jinja;

/// <summary>Equality of dictionary keys: strings by their text, numbers and truth values by their number, <c>none</c>.</summary>
internal sealed class JinjaKeyComparer : IEqualityComparer<JinjaValue>
{
    private JinjaKeyComparer()
    {
    }

    public static JinjaKeyComparer Instance { get; } = new();

    public static bool CanBeKey(JinjaValue value) => value is JinjaText or JinjaInteger or JinjaFloat or JinjaBoolean or JinjaNone;

    public bool Equals(JinjaValue? x, JinjaValue? y) => (x, y) switch
    {
        (JinjaText left, JinjaText right) => string.Equals(left.Text, right.Text, StringComparison.Ordinal),
        (JinjaNone, JinjaNone) => true,
        (not null, not null) => JinjaOperators.TryCompareNumbers(x, y, out int order) && order == 0,
        _ => ReferenceEquals(x, y),
    };

    public int GetHashCode([DisallowNull] JinjaValue obj) => obj switch
    {
        JinjaText text => string.GetHashCode(text.Text, StringComparison.Ordinal),
        JinjaNone => 1,
        _ => JinjaOperators.ToDouble(obj).GetHashCode(),
    };
}
