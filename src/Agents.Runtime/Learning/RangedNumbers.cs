using System.Globalization;
using Agents.Runtime.Yaml;

namespace Agents.Runtime.Learning;

/// <summary>Numbers of a recipe with their ranges; what is out of range is named with its line and what was expected.</summary>
internal static class RangedNumbers
{
    /// <summary>Reads a positive whole number.</summary>
    public static int PositiveInt32(this YamlMap map, string key, int? fallback = null) => Positive(map, key, map.Int32(key, fallback));

    /// <summary>Reads a positive whole number.</summary>
    public static long PositiveInteger(this YamlMap map, string key, long? fallback = null) => Positive(map, key, map.Integer(key, fallback));

    /// <summary>Reads a positive number.</summary>
    public static double PositiveNumber(this YamlMap map, string key, double? fallback = null) => Positive(map, key, map.Number(key, fallback));

    /// <summary>Reads a whole number of at least some value.</summary>
    public static int AtLeast(this YamlMap map, string key, int least, int fallback)
    {
        int value = map.Int32(key, fallback);
        return !map.IsSound(key) || value >= least ? value : map.Refuse(key, $"is {value}, it must be at least {least}", fallback);
    }

    /// <summary>Reads a number of at least some value.</summary>
    public static double AtLeast(this YamlMap map, string key, double least, double fallback)
    {
        double value = map.Number(key, fallback);
        return !map.IsSound(key) || value >= least ? value : map.Refuse(key, $"is {Text(value)}, it must be at least {Text(least)}", fallback);
    }

    /// <summary>Reads a number in a closed range.</summary>
    public static double Within(this YamlMap map, string key, double low, double high, double fallback)
    {
        double value = map.Number(key, fallback);
        return !map.IsSound(key) || (value >= low && value <= high) ? value : map.Refuse(key, $"is {Text(value)}, it must lie in [{Text(low)}, {Text(high)}]", fallback);
    }

    /// <summary>Reads a number in a range that is open above.</summary>
    public static double Below(this YamlMap map, string key, double low, double high, double fallback)
    {
        double value = map.Number(key, fallback);
        return !map.IsSound(key) || (value >= low && value < high) ? value : map.Refuse(key, $"is {Text(value)}, it must lie in [{Text(low)}, {Text(high)})", fallback);
    }

    private static T Positive<T>(YamlMap map, string key, T value)
        where T : System.Numerics.INumber<T> =>
        !map.IsSound(key) || value > T.Zero ? value : map.Refuse(key, string.Create(CultureInfo.InvariantCulture, $"is {value}, it must be positive"), T.One);

    private static string Text(double value) => value.ToString(CultureInfo.InvariantCulture);
}
