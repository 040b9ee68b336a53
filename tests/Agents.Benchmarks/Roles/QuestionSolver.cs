using System.Globalization;
using System.Text.RegularExpressions;
using Agents.Evaluation.Tasks.Programs;

namespace Agents.Benchmarks.Roles;

/// <summary>Solves questions that a model wrote, from their text alone: word problems, look-ups and programs to run. It knows the surfaces of the families and nothing else.</summary>
internal static partial class QuestionSolver
{
    /// <summary>Returns whether questions of a family can be solved here.</summary>
    /// <param name="family">Family id.</param>
    public static bool Knows(string family) => family is "arithmetic" or "lookup" or "program";

    /// <summary>Solves a question; null where it is malformed or asks for what it does not give.</summary>
    /// <param name="family">Family id.</param>
    /// <param name="question">The question.</param>
    public static string? Solve(string family, string question) => family switch
    {
        "arithmetic" => Arithmetic(question)?.ToString(CultureInfo.InvariantCulture),
        "lookup" => Lookup(question),
        _ => question.StartsWith("run: ", StringComparison.Ordinal) && ProgramInterpreter.Run(question[5..]) is { Error: null } run ? run.OutputText : null,
    };

    private static long? Arithmetic(string question)
    {
        Match start = Start().Match(question);
        return start.Success ? Chain(long.Parse(start.Groups[1].Value, CultureInfo.InvariantCulture), start.Groups[2].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            : question.EndsWith(" how many?", StringComparison.Ordinal) ? Basket(question[..^10])
            : People(question);
    }

    private static long? Chain(long value, IEnumerable<string> steps)
    {
        long? result = value;
        foreach (string step in steps)
        {
            result = step.Trim().Split(' ') is [var word, var number] && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out long operand)
                ? Apply(result, word, operand)
                : step.Trim() == "half" ? Apply(result, "half", 2) : null;
        }

        return result;
    }

    private static long? Apply(long? value, string word, long operand) => word switch
    {
        "add" or "finds" or "buys" or "gets" or "more" => value + operand,
        "take" or "loses" or "gives" or "sells" or "less" => value - operand,
        "times" => value * operand,
        "half" => value % 2 == 0 ? value / 2 : null,
        _ => null,
    };

    private static long? Basket(string text)
    {
        string[] sentences = Sentences(text);
        Match first = Owns().Match(sentences[0]);
        if (!first.Success)
        {
            return null;
        }

        long? value = Number(first, 2) * (first.Groups[3].Success ? Number(first, 3) : 1);
        foreach (string sentence in sentences.Skip(1).Where(sentence => !Age().IsMatch(sentence)))
        {
            Match times = Times().Match(sentence);
            Match half = Half().Match(sentence);
            Match change = Change().Match(sentence);
            value = times.Success ? value * Number(times, 1) : half.Success ? Apply(value, "half", 2) : change.Success ? Apply(value, change.Groups[1].Value, Number(change, 2)) : null;
        }

        return value;
    }

    private static long? People(string question)
    {
        string[] sentences = Sentences(question);
        Match first = Owns().Match(sentences[0]);
        Match asked = Asked().Match(sentences[^1]);
        if (!first.Success || first.Groups[3].Success || !asked.Success)
        {
            return null;
        }

        Dictionary<string, long?> owns = new() { [first.Groups[1].Value] = Number(first, 2) };
        foreach (string sentence in sentences[1..^1].Where(sentence => !Age().IsMatch(sentence)))
        {
            Match match = Relation().Match(sentence);
            if (!match.Success || !owns.TryGetValue(match.Groups[4].Value, out long? other))
            {
                return null;
            }

            string word = match.Groups[3].Value;
            owns[match.Groups[1].Value] = word == "half of" ? Apply(other, "half", 2) : Apply(other, word.Split(' ')[0], Number(match, 2));
        }

        long? value = owns.GetValueOrDefault(asked.Groups[1].Value);
        return asked.Groups[2].Success ? value + owns.GetValueOrDefault(asked.Groups[2].Value) : value;
    }

    private static string? Lookup(string question)
    {
        string[] parts = question.Split(". ask: ");
        if (parts.Length != 2)
        {
            return null;
        }

        Dictionary<string, string> facts = [];
        foreach (string group in parts[0].Contains(": ", StringComparison.Ordinal) ? Grouped(parts[0]) : parts[0].Split("; "))
        {
            if (group.Split(' ') is [var person, var attribute, var value])
            {
                facts[person + " " + attribute] = value;
            }
        }

        string?[] answers = [.. parts[1].Split(", ").Select(query => query.Split(' ') is [var person, "pal", var attribute]
            ? facts.GetValueOrDefault(person + " pal") is { } pal ? facts.GetValueOrDefault(pal + " " + attribute) : null
            : facts.GetValueOrDefault(query))];
        return answers.Contains(null) ? null : string.Join(", ", answers);
    }

    // "old" facts get a fourth word and are passed over.
    private static IEnumerable<string> Grouped(string text) =>
        text.Split(". ").Select(group => group.Split(": ")).Where(group => group.Length == 2).SelectMany(group => group[1].Split(", ").Select(fact => group[0] + " " + fact));

    private static string[] Sentences(string text) => text.Split(". ", StringSplitOptions.TrimEntries);

    private static long Number(Match match, int group) => match.Groups[group].Success && long.TryParse(match.Groups[group].Value, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0;

    [GeneratedRegex(@"^start ([0-9]{1,6})(?:, (.*))?\. result\?$", RegexOptions.CultureInvariant)]
    private static partial Regex Start();

    [GeneratedRegex(@"^(\w+) has ([0-9]{1,6})(?: bags of ([0-9]{1,6}))? \w+\.?$", RegexOptions.CultureInvariant)]
    private static partial Regex Owns();

    [GeneratedRegex(@"^\w+ is [0-9]+\.?$", RegexOptions.CultureInvariant)]
    private static partial Regex Age();

    [GeneratedRegex(@"([0-9]{1,6}) times", RegexOptions.CultureInvariant)]
    private static partial Regex Times();

    [GeneratedRegex(@"^(?:loses|gives|sells) half", RegexOptions.CultureInvariant)]
    private static partial Regex Half();

    [GeneratedRegex(@"^(finds|buys|gets|loses|gives|sells) ([0-9]{1,6})", RegexOptions.CultureInvariant)]
    private static partial Regex Change();

    [GeneratedRegex(@"^(\w+) (?:([0-9]{1,6}) )?(more than|less than|times|half of) (\w+)\.?$", RegexOptions.CultureInvariant)]
    private static partial Regex Relation();

    [GeneratedRegex(@"^(\w+)(?: and (\w+))?\?$", RegexOptions.CultureInvariant)]
    private static partial Regex Asked();
}
