namespace Agents.Runtime.Reasoning;

/// <summary>Names of enumeration values as they stand in JSON and on the wire.</summary>
public static class JsonNames
{
    /// <summary>Writes a value's name in camel case, for example <c>completed</c>.</summary>
    /// <typeparam name="T">Enumeration type.</typeparam>
    /// <param name="value">The value.</param>
    public static string Camel<T>(T value)
        where T : struct, Enum
    {
        string name = value.ToString();
        return char.ToLowerInvariant(name[0]) + name[1..];
    }
}
