using System.Diagnostics.CodeAnalysis;

namespace Agents.Models.Gguf;

/// <summary>
/// The key-value part of a GGUF file, in file order. Getters accept every stored type that holds the value exactly (counts are UInt32 in
/// most files and Int32 or UInt64 in some); keys that nobody asks for are kept.
/// </summary>
/// <param name="source">What messages call the file.</param>
/// <param name="values">The entries in file order.</param>
public sealed class GgufMetadata(string source, OrderedDictionary<string, GgufValue> values)
{
    /// <summary>All entries, in file order.</summary>
    public IReadOnlyDictionary<string, GgufValue> Values => values;

    /// <summary>The entries as plain .NET values (see <see cref="GgufValue.Data"/>), for code that knows nothing of this format.</summary>
    /// <returns>A new dictionary in file order; arrays are shared and not to be changed.</returns>
    public OrderedDictionary<string, object> ToObjects()
    {
        OrderedDictionary<string, object> objects = new(values.Count, StringComparer.Ordinal);
        foreach ((string key, GgufValue value) in values)
        {
            objects.Add(key, value.Data);
        }

        return objects;
    }

    /// <summary>Looks a value up.</summary>
    /// <param name="key">The key.</param>
    /// <param name="value">The value; null when the result is false.</param>
    /// <returns>False when there is no such key.</returns>
    public bool TryGet(string key, [NotNullWhen(true)] out GgufValue? value) => values.TryGetValue(key, out value);

    /// <summary>Whether a key is present.</summary>
    /// <param name="key">The key.</param>
    /// <returns>True when it is.</returns>
    public bool Contains(string key) => values.ContainsKey(key);

    /// <summary>A required string.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">The key is missing or holds another type.</exception>
    public string GetString(string key) => Require(key, "a string", GetString(key, null!));

    /// <summary>An optional string.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The result when the key is missing.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">The key holds another type.</exception>
    [return: NotNullIfNotNull(nameof(fallback))]
    public string? GetString(string key, string? fallback) =>
        !TryGet(key, out GgufValue? value) ? fallback : value.Data as string ?? throw Mismatch(key, "a string", value);

    /// <summary>A required integer of 32 bits.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">The key is missing, holds another type, or a number that does not fit.</exception>
    public int GetInt32(string key)
    {
        RequireKey(key, "an integer");
        return GetInt32(key, 0);
    }

    /// <summary>An optional integer of 32 bits.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The result when the key is missing.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">The key holds another type, or a number that does not fit.</exception>
    public int GetInt32(string key, int fallback)
    {
        long value = GetInt64(key, fallback);
        return value is >= int.MinValue and <= int.MaxValue
            ? (int)value
            : throw new GgufFormatException($"{source}: metadata key '{key}' is {value}, expected an integer of 32 bits.");
    }

    /// <summary>A required integer.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">The key is missing, holds another type, or a number that does not fit.</exception>
    public long GetInt64(string key)
    {
        RequireKey(key, "an integer");
        return GetInt64(key, 0);
    }

    /// <summary>An optional integer.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The result when the key is missing.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">The key holds another type, or a number that does not fit.</exception>
    public long GetInt64(string key, long fallback) =>
        !TryGet(key, out GgufValue? value) ? fallback
        : value.TryGetInt64(out long number) ? number
        : throw Mismatch(key, "an integer", value);

    /// <summary>A required real number.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, rounded to single precision.</returns>
    /// <exception cref="GgufFormatException">The key is missing or holds another type.</exception>
    public float GetSingle(string key)
    {
        RequireKey(key, "a real number");
        return GetSingle(key, 0);
    }

    /// <summary>An optional real number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The result when the key is missing.</param>
    /// <returns>The value, rounded to single precision.</returns>
    /// <exception cref="GgufFormatException">The key holds another type.</exception>
    public float GetSingle(string key, float fallback) =>
        !TryGet(key, out GgufValue? value) ? fallback
        : value.Data is float single ? single
        : value.Data is double wide ? (float)wide
        : throw Mismatch(key, "a real number", value);

    /// <summary>A required boolean.</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">The key is missing or holds another type.</exception>
    public bool GetBoolean(string key)
    {
        RequireKey(key, "a boolean");
        return GetBoolean(key, false);
    }

    /// <summary>An optional boolean.</summary>
    /// <param name="key">The key.</param>
    /// <param name="fallback">The result when the key is missing.</param>
    /// <returns>The value.</returns>
    /// <exception cref="GgufFormatException">The key holds another type.</exception>
    public bool GetBoolean(string key, bool fallback) =>
        !TryGet(key, out GgufValue? value) ? fallback
        : value.Data is bool flag ? flag
        : throw Mismatch(key, "a boolean", value);

    /// <summary>A required array of one stored type.</summary>
    /// <typeparam name="T">The .NET type of the elements, such as string, int or float. No conversion takes place.</typeparam>
    /// <param name="key">The key.</param>
    /// <returns>The elements.</returns>
    /// <exception cref="GgufFormatException">The key is missing or holds another type.</exception>
    public IReadOnlyList<T> GetArray<T>(string key)
        where T : notnull => Require(key, $"an array of {typeof(T).Name}", GetOptionalArray<T>(key));

    /// <summary>An optional array of one stored type.</summary>
    /// <typeparam name="T">As in <see cref="GetArray{T}"/>.</typeparam>
    /// <param name="key">The key.</param>
    /// <returns>The elements; null when the key is missing.</returns>
    /// <exception cref="GgufFormatException">The key holds another type.</exception>
    public IReadOnlyList<T>? GetOptionalArray<T>(string key)
        where T : notnull
    {
        if (!TryGet(key, out GgufValue? value))
        {
            return null;
        }

        // The runtime lets a uint[] pass as int[]; the exact type keeps signs honest.
        return value.Data.GetType() == typeof(T[]) ? (T[])value.Data : throw Mismatch(key, $"an array of {typeof(T).Name}", value);
    }

    private T Require<T>(string key, string expected, T? value)
        where T : class
    {
        RequireKey(key, expected);
        return value!;
    }

    private void RequireKey(string key, string expected)
    {
        if (!values.ContainsKey(key))
        {
            throw new GgufFormatException($"{source}: metadata key '{key}' is missing, expected {expected}.");
        }
    }

    private GgufFormatException Mismatch(string key, string expected, GgufValue found) =>
        new($"{source}: metadata key '{key}' is {found.TypeName}, expected {expected}.");
}
