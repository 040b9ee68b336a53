using System.Collections;
using System.Globalization;
using Agents.Prompts;

namespace Agents.Runtime.Prompts;

/// <summary>Copies variables into plain values, so that no template can reach a member of a .NET object.</summary>
internal static class PromptValues
{
    private const int MaximumDepth = 8;

    /// <summary>Copies a value.</summary>
    /// <param name="value">String, number, boolean, null, or a list or dictionary of these.</param>
    /// <param name="path">Path of the value, for errors.</param>
    /// <param name="depth">How many lists and dictionaries lie around it.</param>
    /// <exception cref="PromptException">The value, or one inside it, is of another kind.</exception>
    public static object? Copy(object? value, string path, int depth = 0) => value switch
    {
        null or string or bool or int or long or double or decimal => value,
        byte or sbyte or short or ushort or uint => Convert.ToInt64(value, CultureInfo.InvariantCulture),
        float single => (double)single,
        ulong large => (decimal)large,
        _ when depth >= MaximumDepth => throw new PromptException($"The prompt variable '{path}' is nested deeper than {MaximumDepth} levels."),
        IReadOnlyDictionary<string, object?> map => map.ToDictionary(pair => pair.Key, pair => Copy(pair.Value, $"{path}.{pair.Key}", depth + 1), StringComparer.Ordinal),
        IReadOnlyDictionary<string, string> map => map.ToDictionary(pair => pair.Key, pair => (object?)pair.Value, StringComparer.Ordinal),
        IList list => List(list, path, depth),
        IEnumerable<string?> texts => texts.Select(object? (text) => text).ToList(),
        IEnumerable<object?> items => List(items.ToList(), path, depth),
        _ => throw new PromptException(
            $"The prompt variable '{path}' is a {value.GetType().Name}. Give strings, numbers, booleans, and lists or dictionaries of these."),
    };

    private static List<object?> List(IList list, string path, int depth)
    {
        List<object?> copy = new(list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            copy.Add(Copy(list[i], $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", depth + 1));
        }

        return copy;
    }
}
