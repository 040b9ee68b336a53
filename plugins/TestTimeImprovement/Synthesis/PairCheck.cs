using System.Buffers;
using System.Text.Json;
using Agents.Plugins.TestTimeImprovement.Tools;
using Agents.Reasoning;
using Agents.Verification;
using Microsoft.Extensions.AI;

namespace Agents.Plugins.TestTimeImprovement.Synthesis;

/// <summary>Whether a pair has the form of the task: format, functions that exist, not the seed itself (papers/61 §2.1, §6). Says nothing about right and wrong.</summary>
/// <param name="task">The seed.</param>
/// <param name="answers">How final answers are found.</param>
internal sealed class PairCheck(ReasoningTask task, IAnswerFormat answers)
{
    private readonly string _seed = Folded(task.Question);
    private readonly ToolQuestion? _tools = ToolQuestion.Read(task.Question);
    private readonly AIFunctionDeclaration[] _functions = task.Options is { Tools: { } tools, ToolMode: not NoneChatToolMode } ? [.. tools.OfType<AIFunctionDeclaration>()] : [];

    /// <summary>Checks a pair.</summary>
    /// <param name="pair">The pair; null where the reply was none.</param>
    /// <param name="known">Pairs that are kept already.</param>
    /// <param name="accepted">The pair with its call, where functions are offered.</param>
    /// <returns>Why it is dropped; null when it is kept.</returns>
    public string? Reason(SyntheticPair? pair, IReadOnlyList<SyntheticPair> known, out SyntheticPair accepted)
    {
        accepted = pair ?? new SyntheticPair("", "");
        if (pair is null)
        {
            return "no pair";
        }

        string question = Folded(pair.Question);
        if (question.Equals(_seed, StringComparison.OrdinalIgnoreCase))
        {
            return "repeats the seed";
        }

        if (known.Count > 0 && known.Any(other => question.Equals(Folded(other.Question), StringComparison.OrdinalIgnoreCase)))
        {
            return "repeats another pair";
        }

        return _functions.Length > 0 ? Function(pair, ref accepted) : Text(pair);
    }

    private string? Text(SyntheticPair pair)
    {
        string? answer = answers.Extract(pair.Answer);
        if (answer is null)
        {
            return "no final answer";
        }

        if (_tools is null)
        {
            return null;
        }

        if (ToolQuestion.Read(pair.Question) is not { } question)
        {
            return "no list of functions";
        }

        if (!question.IsUnambiguous)
        {
            return "a function is offered twice";
        }

        return ToolQuestion.Call(answer) is not { } call ? "no call"
            : question.Tools.FirstOrDefault(tool => tool.Callable == call.Name) is not { } tool ? $"there is no function {call.Name}"
            : tool.Parameters.Count != call.Arguments.Count ? $"{call.Name} with {call.Arguments.Count} arguments"
            : Decision(pair.Answer) is { } decision && decision != (tool.Alias is null ? tool.Name : $"{tool.Name} is {tool.Alias}") ? $"the function is not {decision}"
            : null;
    }

    // What the answer says before its call must be what the question offers: a function under another's alias is a call that cannot be carried out.
    private static string? Decision(string answer)
    {
        ReadOnlySpan<char> line = answer.AsSpan().TrimStart();
        int end = line.IndexOf('\n');
        line = (end < 0 ? line : line[..end]).Trim();
        return line.StartsWith(ToolQuestion.DecisionPrefix, StringComparison.Ordinal) ? line[ToolQuestion.DecisionPrefix.Length..].ToString() : null;
    }

    private string? Function(SyntheticPair pair, ref SyntheticPair accepted)
    {
        try
        {
            using var document = JsonDocument.Parse(pair.Answer, new JsonDocumentOptions { MaxDepth = 16 });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("name", out JsonElement name) || !root.TryGetProperty("arguments", out JsonElement arguments)
                || arguments.ValueKind != JsonValueKind.Object)
            {
                return "no call";
            }

            AIFunctionDeclaration? function = Array.Find(_functions, function => name.ValueKind == JsonValueKind.String && function.Name == name.GetString());
            if (function is null)
            {
                return $"there is no function {name}";
            }

            string[] given = [.. arguments.EnumerateObject().Select(argument => argument.Name)];
            string[] known = function.JsonSchema.TryGetProperty("properties", out JsonElement properties) ? [.. properties.EnumerateObject().Select(property => property.Name)] : [];
            string[] required = function.JsonSchema.TryGetProperty("required", out JsonElement needed) ? [.. needed.EnumerateArray().Select(item => item.GetString() ?? "")] : [];
            if (given.Except(known, StringComparer.Ordinal).Any() || required.Except(given, StringComparer.Ordinal).Any())
            {
                return $"arguments that do not fit {function.Name}";
            }

            accepted = pair with
            {
                Call = new FunctionCallContent("call-1", function.Name, arguments.EnumerateObject().ToDictionary(argument => argument.Name, argument => (object?)argument.Value.Clone())),
            };
            return null;
        }
        catch (JsonException)
        {
            return "no call";
        }
    }

    // With one blank wherever there are any.
    private static string Folded(string text)
    {
        char[] folded = ArrayPool<char>.Shared.Rent(text.Length + 1);
        int length = 0;
        foreach (char unit in text)
        {
            if (!char.IsWhiteSpace(unit))
            {
                folded[length++] = unit;
            }
            else if (length > 0 && folded[length - 1] != ' ')
            {
                folded[length++] = ' ';
            }
        }

        string result = new(folded.AsSpan(0, length).TrimEnd(' '));
        ArrayPool<char>.Shared.Return(folded);
        return result;
    }
}
