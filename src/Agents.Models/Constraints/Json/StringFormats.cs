namespace Agents.Models.Constraints.Json;

/// <summary>Regular expressions of the string formats; each accepts only texts of the format, not all of them.</summary>
internal static class StringFormats
{
    private const string Date =
        "[1-9][0-9]{3}-(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)|02-(?:0[1-9]|1[0-9]|2[0-8]))";

    private const string Time = "(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\\.[0-9]{1,6})?(?:Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9])";
    private const string Octet = "(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    private const string Label = "[A-Za-z0-9](?:[A-Za-z0-9-]{0,30}[A-Za-z0-9])?";
    private const string Host = Label + "(?:\\." + Label + "){0,4}";

    private static readonly Dictionary<string, string> Expressions = new(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = Date + "T" + Time,
        ["duration"] = "P(?:[0-9]{1,4}[YMWD]|T[0-9]{1,4}[HMS])",
        ["uuid"] = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        ["email"] = "[A-Za-z0-9_]{1,20}(?:[.+-][A-Za-z0-9_]{1,20}){0,3}@" + Label + "(?:\\." + Label + "){1,4}",
        ["hostname"] = Host,
        ["ipv4"] = Octet + "(?:\\." + Octet + "){3}",
        ["ipv6"] = "[0-9a-fA-F]{1,4}(?::[0-9a-fA-F]{1,4}){7}",
        ["uri"] = "https?://" + Host + "(?::[1-9][0-9]{0,3})?(?:/[A-Za-z0-9._~-]{1,40}){0,10}/?(?:\\?[A-Za-z0-9._~=&-]{1,80})?",
    };

    /// <summary>Finds the expression of a format.</summary>
    /// <param name="format">Value of the keyword.</param>
    /// <returns>Null when the format is unknown.</returns>
    public static string? Find(string format) => Expressions.GetValueOrDefault(format);

    public static string KnownNames => string.Join(", ", Expressions.Keys);
}
