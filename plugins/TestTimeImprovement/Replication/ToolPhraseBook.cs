using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Agents.Plugins.TestTimeImprovement.Tools;
using Agents.Replication;

namespace Agents.Plugins.TestTimeImprovement.Replication;

/// <summary>
/// Ways to ask for a function, read off items: what grades questions that a model wrote, for which there is no item. A phrase is a request with its arguments taken out.
/// </summary>
public sealed partial class ToolPhraseBook
{
    private readonly List<(Regex Form, string Tool, int[] Order)> _phrases = [];

    private ToolPhraseBook()
    {
    }

    /// <summary>Gets the number of phrases.</summary>
    public int Count => _phrases.Count;

    /// <summary>Reads the phrases of items.</summary>
    /// <param name="items">Items of a tool family.</param>
    public static ToolPhraseBook Read(IEnumerable<ExperimentItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        var book = new ToolPhraseBook();
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach (ExperimentItem item in items)
        {
            if (ToolQuestion.Read(item.Question) is { } question && ToolQuestion.Call(item.Answer) is { } call
                && question.Tools.FirstOrDefault(tool => tool.Callable == call.Name) is { } tool && Phrase(question.Request, call.Arguments) is var (form, order)
                && known.Add($"{tool.Name} {form}"))
            {
                book._phrases.Add((new Regex(form, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1)), tool.Name, order));
            }
        }

        return book;
    }

    /// <summary>Returns the ways of asking that occur among questions.</summary>
    /// <param name="questions">Questions; texts of another form are passed over.</param>
    public ToolPhraseBook Within(IEnumerable<string> questions)
    {
        ArgumentNullException.ThrowIfNull(questions);
        string[] requests = [.. questions.Select(ToolQuestion.Read).OfType<ToolQuestion>().Select(question => question.Request)];
        var book = new ToolPhraseBook();
        book._phrases.AddRange(_phrases.Where(phrase => Array.Exists(requests, phrase.Form.IsMatch)));
        return book;
    }

    /// <summary>Returns whether a question asks in one of these ways for a function.</summary>
    /// <param name="question">The question.</param>
    /// <param name="tool">The function.</param>
    public bool Knows(string question, string tool) => ToolQuestion.Read(question) is { } read && _phrases.Exists(phrase => phrase.Tool == tool && phrase.Form.IsMatch(read.Request));

    /// <summary>Returns whether a pair's call is what its question asks for: the function whose phrase the request is, with the request's arguments.</summary>
    /// <param name="question">The question.</param>
    /// <param name="answer">The final answer.</param>
    public bool IsRight(string question, string? answer)
    {
        if (ToolQuestion.Read(question) is not { } read || ToolQuestion.Call(answer) is not { } call || read.Tools.FirstOrDefault(tool => tool.Callable == call.Name) is not { } called)
        {
            return false;
        }

        foreach ((Regex form, string tool, int[] order) in _phrases)
        {
            Match match = form.Match(read.Request);
            if (!match.Success || tool != called.Name)
            {
                continue;
            }

            // Group g of the phrase is argument order[g] of the call.
            if (order.Length == call.Arguments.Count && order.Select((argument, g) => Value(match.Groups[g + 1].Value) == call.Arguments[argument]).All(equal => equal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The request as a pattern with one group per argument, and which argument each group is; null where an argument cannot be found in it.</summary>
    private static (string Form, int[] Order)? Phrase(string request, IReadOnlyList<string> arguments)
    {
        List<(int At, int Length, int Argument)> found = [];
        for (int i = 0; i < arguments.Count; i++)
        {
            Match? place = Product().Matches(request).Concat(Word().Matches(request))
                .FirstOrDefault(match => Value(match.Value) == arguments[i] && !found.Exists(other => match.Index < other.At + other.Length && other.At < match.Index + match.Length));
            if (place is null)
            {
                return null;
            }

            found.Add((place.Index, place.Length, i));
        }

        found.Sort();
        StringBuilder form = new("^");
        int at = 0;
        foreach ((int start, int length, _) in found)
        {
            form.Append(Regex.Escape(request[at..start])).Append(@"(\d+ times \d+|\w+)");
            at = start + length;
        }

        form.Append(Regex.Escape(request[at..])).Append('$');
        return (form.ToString(), [.. found.Select(part => part.Argument)]);
    }

    private static string Value(string text)
    {
        Match product = Product().Match(text);
        return product.Success && product.Length == text.Length
            ? (int.Parse(product.Groups[1].ValueSpan, CultureInfo.InvariantCulture) * int.Parse(product.Groups[2].ValueSpan, CultureInfo.InvariantCulture)).ToString(CultureInfo.InvariantCulture)
            : text;
    }

    [GeneratedRegex(@"\b(\d{1,4}) times (\d{1,4})\b", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Product();

    [GeneratedRegex(@"\w+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Word();
}
