using System.Collections;
using System.Globalization;
using Agents.Prompts;

namespace Agents.Runtime.Prompts;

/// <summary>Copies variables into plain values, so that no template can reach a member of a .NET object.</summary>
internal static class PromptValues
{
    private const int MaximumDepth = 8;

    /// <summary>Returns the variables as plain values: themselves where they are plain already, as almost all are.</summary>
    /// <param name="variables">The variables.</param>
    /// <exception cref="PromptException">A value, or one inside it, is of another kind.</exception>
    public static Dictionary<string, object?> Of(IReadOnlyDictionary<string, object?> variables)
    {
        // A derived type might have members of its own, and another comparer would find other names.
        if (variables is Dictionary<string, object?> given && given.GetType() == typeof(Dictionary<string, object?>) && IsOrdinal(given.Comparer) && ArePlain(given))
        {
            return given;
        }

        Dictionary<string, object?> values = new(variables.Count, StringComparer.Ordinal);
        foreach ((string name, object? value) in variables)
        {
            values[name] = IsPlain(value) ? value : Copy(value, name);
        }

        return values;
    }

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
        Dictionary<string, object?> map => Map(map, path, depth),
        IReadOnlyDictionary<string, object?> map => Map(new Dictionary<string, object?>(map), path, depth),
        IReadOnlyDictionary<string, string> map => map.ToDictionary(pair => pair.Key, pair => (object?)pair.Value, StringComparer.Ordinal),
        IList list => List(list, path, depth),
        IEnumerable<string?> texts => texts.Select(object? (text) => text).ToList(),
        IEnumerable<object?> items => List(items.ToList(), path, depth),
        _ => throw new PromptException(
            $"The prompt variable '{path}' is a {value.GetType().Name}. Give strings, numbers, booleans, and lists or dictionaries of these."),
    };

    private static Dictionary<string, object?> Map(Dictionary<string, object?> map, string path, int depth)
    {
        Dictionary<string, object?> copy = new(map.Count, StringComparer.Ordinal);
        foreach ((string name, object? value) in map)
        {
            copy.Add(name, IsPlain(value) ? value : Copy(value, $"{path}.{name}", depth + 1));
        }

        return copy;
    }

    private static List<object?> List(IList list, string path, int depth)
    {
        List<object?> copy = new(list.Count);
        for (int i = 0; i < list.Count; i++)
        {
            object? value = list[i];
            copy.Add(IsPlain(value) ? value : Copy(value, $"{path}[{i.ToString(CultureInfo.InvariantCulture)}]", depth + 1));
        }

        return copy;
    }

    private static bool IsPlain(object? value) => value is null or string or bool or int or long or double or decimal;

    private static bool ArePlain(Dictionary<string, object?> values)
    {
        foreach (object? value in values.Values)
        {
            if (!IsPlain(value))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsOrdinal(IEqualityComparer<string> comparer) => ReferenceEquals(comparer, EqualityComparer<string>.Default) || ReferenceEquals(comparer, StringComparer.Ordinal);
}
