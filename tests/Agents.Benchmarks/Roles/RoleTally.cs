using System.Globalization;

namespace Agents.Benchmarks.Roles;

/// <summary>Means of named measures per role, over all families and per family, in the order in which they first came.</summary>
internal sealed class RoleTally
{
    private readonly List<(string Role, string Measure)> _order = [];
    private readonly Dictionary<(string Role, string Measure, string Family), (double Sum, int Count)> _sums = [];
    private readonly List<string> _families = [];

    /// <summary>Adds an observation.</summary>
    /// <param name="role">Role.</param>
    /// <param name="family">Family.</param>
    /// <param name="measure">What was measured.</param>
    /// <param name="value">The value.</param>
    public void Add(string role, string family, string measure, double value)
    {
        if (!_order.Contains((role, measure)))
        {
            _order.Add((role, measure));
        }

        if (!_families.Contains(family))
        {
            _families.Add(family);
        }

        foreach (string key in new[] { family, "" })
        {
            (double sum, int count) = _sums.GetValueOrDefault((role, measure, key));
            _sums[(role, measure, key)] = (sum + value, count + 1);
        }
    }

    /// <summary>Writes a Markdown table: a row per role and measure, a column per family.</summary>
    public string Write()
    {
        List<string> lines =
        [
            $"| role | measure | n | all | {string.Join(" | ", _families)} |",
            "|---|---|---|---|" + string.Concat(_families.Select(_ => "---|")),
        ];
        foreach ((string role, string measure) in _order)
        {
            (double sum, int count) = _sums[(role, measure, "")];
            IEnumerable<string> cells = _families.Select(family => _sums.TryGetValue((role, measure, family), out (double Sum, int Count) cell) ? Percent(cell.Sum / cell.Count) : "–");
            lines.Add(string.Create(CultureInfo.InvariantCulture, $"| {role} | {measure} | {count} | {Percent(sum / count)} | {string.Join(" | ", cells)} |"));
        }

        return string.Join('\n', lines);
    }

    private static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{100 * share:0} %");
}
