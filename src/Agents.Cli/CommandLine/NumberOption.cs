using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Agents.Cli.CommandLine;

/// <summary>Options that take a number of a range; a wrong value is reported with the range.</summary>
internal static class NumberOption
{
    /// <summary>Creates an option for a whole number.</summary>
    /// <param name="name">Name with dashes.</param>
    /// <param name="description">What it sets.</param>
    /// <param name="minimum">Smallest value.</param>
    /// <param name="maximum">Largest value.</param>
    public static Option<int?> Whole(string name, string description, int minimum, int maximum = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            string text = Text(result);
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= minimum && value <= maximum)
            {
                return value;
            }

            string range = maximum == int.MaxValue ? $"of at least {minimum}" : $"from {minimum} to {maximum}";
            result.AddError($"{name} is '{text}', expected a whole number {range}.");
            return null;
        },
    };

    /// <summary>Creates an option for a non-negative 64-bit number, such as a seed.</summary>
    /// <param name="name">Name with dashes.</param>
    /// <param name="description">What it sets.</param>
    public static Option<ulong> Unsigned(string name, string description) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = static _ => 0,
        CustomParser = result =>
        {
            string text = Text(result);
            if (ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
            {
                return value;
            }

            result.AddError($"{name} is '{text}', expected a whole number of at least 0.");
            return 0;
        },
    };

    /// <summary>Creates an option for a real number.</summary>
    /// <param name="name">Name with dashes.</param>
    /// <param name="description">What it sets.</param>
    /// <param name="minimum">Smallest value.</param>
    /// <param name="exclusive">Whether the smallest value itself is refused.</param>
    public static Option<double?> Real(string name, string description, double minimum, bool exclusive = false) => new(name)
    {
        Description = description,
        HelpName = "X",
        CustomParser = result =>
        {
            string text = Text(result);
            if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value)
                && double.IsFinite(value) && (exclusive ? value > minimum : value >= minimum))
            {
                return value;
            }

            result.AddError($"{name} is '{text}', expected a number {(exclusive ? "greater than" : "of at least")} {minimum.ToString(CultureInfo.InvariantCulture)}.");
            return null;
        },
    };

    private static string Text(ArgumentResult result) => result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
}
